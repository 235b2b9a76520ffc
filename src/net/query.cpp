#include "net/query.hpp"

#include <cstddef>
#include <cstdint>

namespace gim::net {

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

// The bytes of the well-formed UTF-8 character at the front of `text`, 0 if there is none
// (RFC 3629, 4: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned low, unsigned high) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
        return follows(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

bool is_plain_text(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto c = static_cast<unsigned char>(text.front());
        const std::size_t length = utf8_length(text);
        if (length == 0 || c < 0x20 || c == 0x7F) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

// Cuts `text` at the first `separator` and gives what was before it.
std::string_view take_until(std::string_view& text, char separator) noexcept {
    const auto at = text.find(separator);
    const std::string_view head = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return head;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded.push_back(text[i]);
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        decoded.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    if (!is_plain_text(decoded)) {
        return std::nullopt;
    }
    return decoded;
}

model::result<query> query::parse(std::string_view text) {
    query parsed;
    while (!text.empty()) {
        std::string_view value = take_until(text, '&');
        if (value.empty()) {
            continue;
        }
        const std::string_view raw_name = take_until(value, '=');
        auto name = percent_decode(raw_name);
        auto decoded = percent_decode(value);
        if (!name || !decoded) {
            return model::bad_request(
                std::string(raw_name) + ": bad percent-encoding in the query"
            );
        }
        if (parsed.find(*name)) {
            return model::bad_request(std::string(raw_name) + ": given twice in the query");
        }
        parsed.items_.emplace_back(std::move(*name), std::move(*decoded));
    }
    return parsed;
}

std::optional<std::string_view> query::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : items_) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

model::result<request_target> parse_target(std::string_view target) {
    request_target parsed;
    std::string_view path = take_until(target, '?');
    auto parameters = query::parse(target);
    if (!parameters) {
        return parameters.error();
    }
    parsed.path = path;
    parsed.parameters = std::move(*parameters);
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    if (path.empty()) {
        return parsed;
    }
    for (bool more = true; more;) {
        more = path.find('/') != std::string_view::npos;
        auto segment = percent_decode(take_until(path, '/'));
        if (!segment) {
            return model::bad_request("path: bad percent-encoding");
        }
        parsed.segments.push_back(std::move(*segment));
    }
    return parsed;
}

}  // namespace gim::net
