#include "net/origin.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace gim::net {

namespace asio = boost::asio;

namespace {

bool is_letter(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string lower(std::string_view text) {
    std::string low(text);
    std::transform(low.begin(), low.end(), low.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return low;
}

// RFC 3986, 3.1.
bool is_scheme(std::string_view text) noexcept {
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
           });
}

// Names as they are in use, which is more than DNS allows for hosts: with underscores.
bool is_name(std::string_view text) noexcept {
    const bool has_only_these = std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '.';
    });
    return has_only_these && !text.empty() && text.size() <= 253 && text.front() != '.' &&
           text.back() != '.' && text.find("..") == std::string_view::npos;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool is_number = ec == std::errc{} && end == text.data() + text.size();
    if (!is_number || text.front() == '0') {
        return std::nullopt;
    }
    return port;
}

// REQUIRES: `text` is no origin. Why it is none.
std::string_view reason(std::string_view text) {
    const auto colon = text.find("://");
    if (text.empty()) {
        return "is empty";
    }
    if (text == "*") {
        return "stands alone or not at all: it allows every page";
    }
    if (text.find_first_of(" \t") != std::string_view::npos) {
        return "has a space; commas stand between origins, without spaces";
    }
    if (colon == std::string_view::npos) {
        return "has no scheme in front, as https:// or http://";
    }
    const auto rest = text.substr(colon + 3);
    if (rest.find_first_of("/?#") != std::string_view::npos) {
        return "has a path, also if that is only a / at the end; an origin ends with host or port";
    }
    if (rest.find('*') != std::string_view::npos) {
        return "has a * in the host; write each host out";
    }
    if (rest.find('@') != std::string_view::npos) {
        return "has a user in front of the host";
    }
    const auto port_at = rest.find(':', rest.starts_with('[') ? rest.rfind(']') : 0);
    if (port_at != std::string_view::npos && !parse_port(rest.substr(port_at + 1))) {
        return "has a port that is not 1 to 65535; an IPv6 address has brackets";
    }
    return "has a host that is no name or address in its usual form (in ASCII: xn--...)";
}

std::optional<std::string> normal_host(std::string_view text) {
    boost::system::error_code ec;
    if (text.starts_with('[') && text.ends_with(']')) {
        const std::string inner(text.substr(1, text.size() - 2));
        const auto v6 = asio::ip::make_address_v6(inner, ec);
        if (ec || inner.find('%') != std::string::npos) {
            return std::nullopt;
        }
        return '[' + v6.to_string() + ']';
    }
    if (!is_name(text)) {
        return std::nullopt;
    }
    // What ends in a number is an IPv4 address for a browser, whatever form it has; so only the
    // usual form is taken.
    const auto last = text.substr(text.rfind('.') + 1);
    if (is_digit(last.front()) && std::all_of(last.begin(), last.end(), is_digit)) {
        asio::ip::make_address_v4(std::string(text), ec);
        if (ec) {
            return std::nullopt;
        }
    }
    return std::string(text);
}

bool is_own_port(std::string_view scheme, std::uint16_t port) noexcept {
    return (scheme == "http" && port == 80) || (scheme == "https" && port == 443);
}

}  // namespace

std::optional<std::string> normal_origin(std::string_view text) {
    const std::string low = lower(text);
    const std::string_view all = low;
    const auto colon = all.find("://");
    if (colon == std::string_view::npos || !is_scheme(all.substr(0, colon))) {
        return std::nullopt;
    }
    const auto scheme = all.substr(0, colon);
    auto host_text = all.substr(colon + 3);
    std::string port_text;
    // A colon within the brackets of an IPv6 address is none before a port.
    const auto port_at = host_text.rfind(':');
    if (port_at != std::string_view::npos &&
        host_text.find(']', port_at) == std::string_view::npos) {
        const auto port = parse_port(host_text.substr(port_at + 1));
        if (!port) {
            return std::nullopt;
        }
        if (!is_own_port(scheme, *port)) {
            port_text = ':' + std::to_string(*port);
        }
        host_text = host_text.substr(0, port_at);
    }
    const auto host = normal_host(host_text);
    if (!host) {
        return std::nullopt;
    }
    return std::string(scheme) + "://" + *host + port_text;
}

model::result<allowed_origins> allowed_origins::parse(std::string_view text) {
    allowed_origins parsed;
    if (text.empty()) {
        return parsed;
    }
    if (text == "*") {
        parsed.which_ = which::any;
        return parsed;
    }
    parsed.which_ = which::listed;
    std::size_t number = 1;
    for (bool more = true; more; ++number) {
        const auto comma = text.find(',');
        auto one = normal_origin(text.substr(0, comma));
        if (!one) {
            return model::bad_request(
                "must be origins as https://game.example,http://localhost:5173, or * alone; "
                "entry " +
                std::to_string(number) + ' ' + std::string(reason(text.substr(0, comma)))
            );
        }
        parsed.listed_.insert(*std::move(one));
        more = comma != std::string_view::npos;
        text.remove_prefix(more ? comma + 1 : text.size());
    }
    return parsed;
}

bool allowed_origins::has(std::string_view origin) const {
    const auto normal = normal_origin(origin);
    return normal && listed_.contains(*normal);
}

bool allowed_origins::admit(std::span<const std::string_view> values) const {
    if (values.empty()) {
        return true;
    }
    return values.size() == 1 && (which_ != which::listed || has(values.front()));
}

std::string allowed_origins::cors_value(std::string_view origin) const {
    if (which_ == which::any) {
        return "*";
    }
    return which_ == which::listed && has(origin) ? std::string(origin) : std::string();
}

}  // namespace gim::net
