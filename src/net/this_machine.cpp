#include "net/this_machine.hpp"

#include "net/field_values.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace gim::net {

namespace {

namespace beast = boost::beast;

// What proxies say of whom they ask for.
bool is_of_proxy(std::string_view field) {
    constexpr std::string_view prefix = "X-Forwarded-";
    constexpr std::array names{
        std::string_view("Forwarded"), std::string_view("Via"), std::string_view("X-Real-IP")};
    return beast::iequals(field.substr(0, prefix.size()), prefix) ||
           std::ranges::any_of(names, [&](auto name) { return beast::iequals(field, name); });
}

// Whether a page in a browser asks. A program and a typed URL send no Origin and no Referer, and a
// typed URL has "none" as its Sec-Fetch-Site; an image, a script or fetch() of a page has another
// one.
bool is_of_page(const decltype(http_head::request)& head) {
    if (head.count(beast::http::field::origin) > 0 || head.count(beast::http::field::referer) > 0) {
        return true;
    }
    const auto sites = values_of(head, "Sec-Fetch-Site");
    return std::ranges::any_of(sites, [](auto site) { return site != "none"; });
}

// RFC 3986, 3.2.2 and 3.2.3: 127.0.0.1:8081, [::1]:8081, localhost.
bool is_address_or_localhost(std::string_view host) {
    if (host.starts_with('[')) {
        host = host.substr(1, host.find(']') - 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    boost::system::error_code ec;
    boost::asio::ip::make_address(std::string(host), ec);
    return !ec || beast::iequals(host, "localhost");
}

}  // namespace

bool is_of_this_machine(const peer& who, const decltype(http_head::request)& head) {
    if (!who.from().is_loopback() || !who.address().is_loopback() || who.is_announced() ||
        is_of_page(head)) {
        return false;
    }
    for (const auto& field : head) {
        if (is_of_proxy(field.name_string())) {
            return false;
        }
    }
    const auto host = head.find(beast::http::field::host);
    return host == head.end() || is_address_or_localhost(host->value());
}

}  // namespace gim::net
