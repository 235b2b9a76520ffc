#include "ask/service_url.hpp"

#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace gim::ask {

namespace {

constexpr std::size_t longest = 2048;
constexpr auto allowed = "must be http://HOST[:PORT]/PATH";

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view scheme) {
    return text.size() >= scheme.size() &&
           std::equal(scheme.begin(), scheme.end(), text.begin(), [](char a, char b) {
               return a == lower(b);
           });
}

bool is_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        const char l = lower(c);
        return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, port);
    if (ec != std::errc{} || stop != end || port == 0) {
        return std::nullopt;
    }
    return port;
}

// "HOST", "HOST:PORT", "[IPV6]" or "[IPV6]:PORT".
bool read_authority(std::string_view text, service_url& to) {
    auto rest = text;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        to.host = text.substr(1, end - 1);
        boost::system::error_code ec;
        boost::asio::ip::make_address_v6(to.host, ec);
        if (ec) {
            return false;
        }
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        to.host = text.substr(0, end);
        if (!is_name(to.host)) {
            return false;
        }
        rest = text.substr(end);
    }
    if (!rest.empty()) {
        const auto port = rest.front() == ':' ? read_port(rest.substr(1)) : std::nullopt;
        if (!port) {
            return false;
        }
        to.port = *port;
    }
    to.authority = text;
    return true;
}

}  // namespace

model::result<service_url> parse_service_url(std::string_view text) {
    const bool is_visible =
        std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
    if (begins_with(text, "https://")) {
        return model::bad_request(
            "https is not spoken: name a proxy that does it, as near as http://127.0.0.1:PORT/PATH"
        );
    }
    constexpr std::string_view scheme = "http://";
    if (!is_visible || text.size() > longest || !begins_with(text, scheme)) {
        return model::bad_request(allowed);
    }
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    service_url url;
    if (!read_authority(text.substr(0, end), url)) {
        return model::bad_request(allowed);
    }
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) {
        url.target.insert(0, "/");
    }
    return url;
}

}  // namespace gim::ask
