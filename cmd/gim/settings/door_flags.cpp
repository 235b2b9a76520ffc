#include "gim/settings/door_flags.hpp"

#include <cstddef>
#include <string>

namespace gim::cmd {

namespace {

constexpr auto doors = "Doors";
constexpr auto http = "HTTP";

// Into `to`, what Parsed::parse() understands.
template <class Parsed>
program::setter parsed_into(Parsed& to) {
    return [&to](const std::string& text) -> program::problem {
        auto parsed = Parsed::parse(text);
        if (!parsed) {
            return program::wrong(parsed.error().message, text);
        }
        to = *std::move(parsed);
        return {};
    };
}

program::setter proxy_protocol_into(net::proxy_protocol& to) {
    return [&to](const std::string& text) -> program::problem {
        bool is_on = false;
        if (program::problem not_bool = program::switch_into(is_on)(text)) {
            return not_bool;
        }
        to = is_on ? net::proxy_protocol::required : net::proxy_protocol::off;
        return {};
    };
}

}  // namespace

std::vector<program::flag> door_flags(live_options& o) {
    using namespace std::chrono_literals;
    const live_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--max-connections",
         doors,
         "N",
         "Open connections, both ports together, 0 to 10000000; 0: no limit",
         number(d.admission.connections),
         program::count_into(o.admission.connections, 0, 10'000'000)},
        {"--max-connections-per-address",
         doors,
         "N",
         "The same from one IPv4 address or IPv6 /64; 0: no limit",
         number(d.admission.connections_per_address),
         program::count_into(o.admission.connections_per_address, 0, 10'000'000)},
        {"--max-handshakes",
         doors,
         "N",
         "New connections a second at each port, 0 to 1000000; 0: no limit",
         number(d.admission.handshakes),
         program::count_into(o.admission.handshakes, 0, 1'000'000)},
        {"--max-handshakes-per-address",
         doors,
         "N",
         "Of these, the share of one address; an address beyond its share is refused first; 0: no "
         "shares",
         number(d.admission.handshakes_per_address),
         program::count_into(o.admission.handshakes_per_address, 0, 1'000'000)},
        program::may_be_empty(
            {"--allowed-origins",
             doors,
             "ORIGIN,...",
             "Pages that may use both ports: https://game.example; * for all; empty: any WebSocket",
             "empty",
             parsed_into(o.doors.origins),
             program::repeated::is_refused}
        ),
        program::may_be_empty(
            {"--trusted-proxies",
             doors,
             "CIDR,...",
             "Whose X-Forwarded-For and PROXY header count: 10.0.0.0/8,::1; empty: nobody's",
             "none",
             parsed_into(o.doors.trusted_proxies),
             program::repeated::is_refused}
        ),
        {"--proxy-protocol",
         doors,
         "",
         "Connections of --trusted-proxies begin with a PROXY header, version 1 or 2",
         "false",
         proxy_protocol_into(o.doors.proxies_send)},

        {"--http-header-bytes",
         http,
         "BYTES",
         "A longer head of a request is refused with 431, at both ports, 1KiB to 64KiB",
         program::bytes_text(d.http.head_bytes),
         program::bytes_into(o.http.head_bytes, 1024, 64 * 1024)},
        {"--http-header-fields",
         http,
         "N",
         "The same for the number of its fields, 8 to 1000",
         number(d.http.fields),
         program::count_into(o.http.fields, 8, 1000)},
        {"--http-header-timeout",
         http,
         "DURATION",
         "From the first byte of a head (or the connection) to its last, else closed, 100ms to 10m",
         program::to_string(d.http_header_timeout),
         program::duration_into(o.http_header_timeout, 100ms, 10min)},
        {"--http-body-bytes",
         http,
         "BYTES",
         "A longer body is refused with 413, 1KiB to 16MiB",
         program::bytes_text(d.http.body_bytes),
         program::bytes_into(o.http.body_bytes, 1024, 16 * 1024 * 1024)},
        {"--http-body-timeout",
         http,
         "DURATION",
         "From the head of a request to the end of its body, else closed, 100ms to 10m",
         program::to_string(d.http_body_timeout),
         program::duration_into(o.http_body_timeout, 100ms, 10min)},
        {"--http-idle-timeout",
         http,
         "DURATION",
         "A connection of the API that asks nothing for so long is closed, 100ms to 1h",
         program::to_string(d.http_idle_timeout),
         program::duration_into(o.http_idle_timeout, 100ms, 1h)},
    };
}

program::problem check_doors(const live_options& o) {
    const bool needs_proxies = o.doors.proxies_send == net::proxy_protocol::required;
    if (needs_proxies && o.doors.trusted_proxies.is_empty()) {
        return "--proxy-protocol: needs --trusted-proxies, to know who sends it";
    }
    return {};
}

}  // namespace gim::cmd
