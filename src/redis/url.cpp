#include "redis/url.hpp"

#include "redis/number.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gim::redis {

namespace {

constexpr std::size_t longest = 2048;
constexpr unsigned most_databases = 1'000'000;
constexpr auto allowed = "must be redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]";

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

bool read_login(std::string_view text, url& to) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    auto user = decoded(text.substr(0, colon));
    auto password = decoded(text.substr(colon + 1));
    if (!user || !password || password->empty()) {
        return false;
    }
    to.user = std::move(*user);
    to.password = std::move(*password);
    return true;
}

// "HOST", "HOST:PORT", "[IPV6]" or "[IPV6]:PORT".
bool read_place(std::string_view text, url& to) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        to.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        to.host = text.substr(0, end);
        rest = text.substr(end);
    }
    if (!is_host(to.host)) {
        return false;
    }
    if (rest.empty()) {
        return true;
    }
    const auto port =
        rest.starts_with(':') ? read_number<std::uint16_t>(rest.substr(1)) : std::nullopt;
    to.port = port.value_or(0);
    return to.port != 0;
}

}  // namespace

std::string url::where() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

protocol::result<url> parse_url(std::string_view text) {
    if (text.starts_with("rediss://")) {
        return protocol::bad_request(
            "rediss is not spoken: Debian 12's hiredis has no TLS; name a proxy that does it, as "
            "near as redis://127.0.0.1:PORT"
        );
    }
    constexpr std::string_view scheme = "redis://";
    const bool is_visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
    if (!is_visible || text.size() > longest || !text.starts_with(scheme)) {
        return protocol::bad_request(allowed);
    }
    text.remove_prefix(scheme.size());
    url out;
    const auto slash = std::min(text.find('/'), text.size());
    auto place = text.substr(0, slash);
    if (const auto at = place.rfind('@'); at != std::string_view::npos) {
        if (!read_login(place.substr(0, at), out)) {
            return protocol::bad_request(allowed);
        }
        place.remove_prefix(at + 1);
    }
    if (!read_place(place, out)) {
        return protocol::bad_request(allowed);
    }
    if (const auto path = text.substr(slash); path.size() > 1) {
        const auto database = read_number<unsigned>(path.substr(1));
        if (!database || *database >= most_databases) {
            return protocol::bad_request(allowed);
        }
        out.database = *database;
    }
    return out;
}

}  // namespace gim::redis
