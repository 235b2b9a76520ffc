#include "net/address.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <charconv>

namespace gim::net {

namespace asio = boost::asio;

namespace {

model::error not_an_address() {
    return model::bad_request("must be :PORT, IPV4:PORT or [IPV6]:PORT with a port of 0 to 65535");
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return port;
}

}  // namespace

model::result<address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return not_an_address();
    }
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) {
        return not_an_address();
    }
    const std::string_view host = text.substr(0, colon);
    if (host.empty()) {
        return address{std::nullopt, *port};
    }
    if (host == "localhost") {
        return address{asio::ip::address_v4::loopback(), *port};
    }
    boost::system::error_code ec;
    if (host.front() == '[' && host.back() == ']') {
        const std::string inner(host.substr(1, host.size() - 2));
        const auto v6 = asio::ip::make_address_v6(inner, ec);
        return ec ? model::result<address>(not_an_address()) : address{v6, *port};
    }
    const auto v4 = asio::ip::make_address_v4(std::string(host), ec);
    if (!ec) {
        return address{v4, *port};
    }
    // The commonest mistake is "::1:8080"; what is left over is taken for a name.
    if (host.find_first_of(":[]") != std::string_view::npos) {
        return not_an_address();
    }
    return model::bad_request(
        "must be :PORT, IPV4:PORT or [IPV6]:PORT (host names are not looked up)"
    );
}

std::string to_string(const address& a) {
    if (!a.ip) {
        return ":" + std::to_string(a.port);
    }
    return to_string(asio::ip::tcp::endpoint(*a.ip, a.port));
}

std::string to_string(const asio::ip::tcp::endpoint& e) {
    const std::string ip = e.address().to_string();
    return (e.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(e.port());
}

}  // namespace gim::net
