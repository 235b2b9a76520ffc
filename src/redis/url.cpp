#include "redis/url.hpp"

#include "redis/number.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace gim::redis {

namespace {

constexpr std::size_t max_bytes = 2048;
constexpr unsigned max_databases = 1'000'000;

// The text of an error names the part that is wrong and not what stands there, which may be a
// password.
model::error wrong(std::string_view how) {
    return model::bad_request(
        std::string("must be redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]: ").append(how)
    );
}

std::optional<std::string> decoded(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        if (text.front() != '%') {
            plain += text.front();
            text.remove_prefix(1);
            continue;
        }
        unsigned byte = 0;
        if (text.size() < 3 ||
            std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr != text.data() + 3) {
            return std::nullopt;
        }
        plain += static_cast<char>(byte);
        text.remove_prefix(3);
    }
    return plain;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_' || c == ':';
    });
}

using problem = std::optional<model::error>;

problem read_login(std::string_view text, url& to) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return wrong("in front of @ stands USER:PASSWORD or :PASSWORD, with the colon");
    }
    auto user = decoded(text.substr(0, colon));
    auto password = decoded(text.substr(colon + 1));
    if (!user || !password) {
        return wrong("in user and password % begins two hexadecimal digits, and is itself %25");
    }
    if (password->empty()) {
        return wrong("the password is empty");
    }
    to.user = std::move(*user);
    to.password = std::move(*password);
    return std::nullopt;
}

// "HOST", "HOST:PORT", "[IPV6]" or "[IPV6]:PORT".
problem read_place(std::string_view text, url& to) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return wrong("the bracket of the IPv6 address is not closed");
        }
        to.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        to.host = text.substr(0, end);
        rest = text.substr(end);
    }
    if (to.host.empty()) {
        return wrong("the host is missing; an IPv6 address has brackets");
    }
    if (!is_host(to.host)) {
        return wrong(
            "the host is one name, an IPv4 address or an IPv6 address in brackets; a password with "
            "/ has it as %2F"
        );
    }
    if (rest.empty()) {
        return std::nullopt;
    }
    const auto port =
        rest.starts_with(':') ? read_number<std::uint16_t>(rest.substr(1)) : std::nullopt;
    to.port = port.value_or(0);
    return to.port != 0 ? problem() : wrong("the port is 1 to 65535; IPv6 addresses have brackets");
}

}  // namespace

std::string url::where() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

model::result<url> parse_url(std::string_view text) {
    if (text.starts_with("rediss://")) {
        return model::bad_request(
            "rediss is not spoken: Debian 12's hiredis has no TLS; name a proxy that does it, as "
            "near as redis://127.0.0.1:PORT"
        );
    }
    constexpr std::string_view scheme = "redis://";
    if (!text.starts_with(scheme)) {
        return wrong("it begins with redis://");
    }
    if (text.size() > max_bytes) {
        return wrong("it has at most 2048 bytes");
    }
    const auto is_visible = [](char c) { return c > ' ' && c < 0x7F; };
    if (const auto bad = std::ranges::find_if_not(text, is_visible); bad != text.end()) {
        return wrong(
            "character " + std::to_string(bad - text.begin() + 1) +
            " is a space or not of visible ASCII; in user and password write it as %XX"
        );
    }
    text.remove_prefix(scheme.size());
    url out;
    const auto slash = std::min(text.find('/'), text.size());
    auto place = text.substr(0, slash);
    if (const auto at = place.rfind('@'); at != std::string_view::npos) {
        if (auto bad = read_login(place.substr(0, at), out)) {
            return *std::move(bad);
        }
        place.remove_prefix(at + 1);
    }
    if (auto bad = read_place(place, out)) {
        return *std::move(bad);
    }
    if (const auto path = text.substr(slash); path.size() > 1) {
        const auto database = read_number<unsigned>(path.substr(1));
        if (!database || *database >= max_databases) {
            return wrong("behind the / stands the number of a database, 0 to 999999");
        }
        out.database = *database;
    }
    return out;
}

}  // namespace gim::redis
