#include "net/proxy_header.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstdint>

namespace gim::net {

namespace asio = boost::asio;
using asio::ip::address;
using model::result;

namespace {

// Version 2 begins with what no HTTP request, TLS record or text can begin with.
constexpr std::string_view signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t fixed_bytes = 16;  // of version 2: signature, command, family, length
constexpr std::string_view text_begin = "PROXY ";
constexpr std::size_t max_text_bytes = 107;  // of version 1, CRLF included

model::error broken(const char* why) {
    return model::bad_request(std::string("PROXY header: ") + why);
}

unsigned byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<unsigned char>(text[i]);
}

std::size_t length_at(std::string_view text, std::size_t i) noexcept {
    return (byte_at(text, i) << 8) | byte_at(text, i + 1);
}

template <class Address>
address address_at(std::string_view text, std::size_t i) {
    typename Address::bytes_type bytes;
    for (std::size_t k = 0; k < bytes.size(); ++k) {
        bytes[k] = static_cast<unsigned char>(text[i + k]);
    }
    return Address(bytes);
}

// What follows the addresses: type, length, value, and so on to the end.
bool are_whole(std::string_view fields) noexcept {
    while (!fields.empty()) {
        if (fields.size() < 3 || fields.size() - 3 < length_at(fields, 1)) {
            return false;
        }
        fields.remove_prefix(3 + length_at(fields, 1));
    }
    return true;
}

bool is_port(std::string_view text) noexcept {
    std::uint16_t port = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
    return ec == std::errc{} && end == text.data() + text.size() &&
           (text.size() == 1 || text.front() != '0');
}

std::optional<address> parse_ip(std::string_view text, std::string_view family) {
    boost::system::error_code ec;
    const auto a = asio::ip::make_address(std::string(text), ec);
    const bool is_right =
        !ec && a.is_v4() == (family == "TCP4") && text.find('%') == std::string_view::npos;
    return is_right ? std::optional(a) : std::nullopt;
}

}  // namespace

std::size_t proxy_header_reader::wanted() const noexcept {
    if (complete_) {
        return 0;
    }
    if (text_.size() < signature.size()) {
        return signature.size() - text_.size();  // the shortest text is longer
    }
    if (is_text()) {
        return text_.back() == '\r' ? 1 : 2;
    }
    if (text_.size() < fixed_bytes) {
        return fixed_bytes - text_.size();
    }
    return fixed_bytes + length_at(text_, 14) - text_.size();
}

result<void> proxy_header_reader::feed(std::string_view bytes) {
    assert(bytes.size() <= wanted());
    // Byte by byte, so that the way they were split changes nothing.
    for (const char c : bytes) {
        text_.push_back(c);
        if (auto so_far = check_so_far(); !so_far) {
            return so_far;
        }
        if (is_text()) {
            if (c == '\n') {
                complete_ = true;
                return parse_text();
            }
        } else if (text_.size() >= fixed_bytes && text_.size() == fixed_bytes + length_at(text_, 14)) {
            complete_ = true;
            return parse_binary();
        }
    }
    return {};
}

result<void> proxy_header_reader::check_so_far() const {
    const std::size_t n = text_.size();
    if (is_text()) {
        if (!text_begin.starts_with(std::string_view(text_).substr(0, text_begin.size()))) {
            return broken("there is none");
        }
        if (n > max_text_bytes) {
            return broken("longer than 107 bytes");
        }
        const bool after_cr = n > 1 && text_[n - 2] == '\r';
        return after_cr == (text_.back() == '\n') ? result<void>()
                                                  : broken("CR and LF must come together");
    }
    if (!signature.starts_with(std::string_view(text_).substr(0, signature.size()))) {
        return broken("there is none");
    }
    if (n == 13 && byte_at(text_, 12) != 0x20 && byte_at(text_, 12) != 0x21) {
        return broken("neither LOCAL nor PROXY of version 2");
    }
    if (n == fixed_bytes && fixed_bytes + length_at(text_, 14) > max_bytes) {
        return broken("longer than 2048 bytes");
    }
    return {};
}

result<void> proxy_header_reader::parse_binary() {
    const std::string_view rest = std::string_view(text_).substr(fixed_bytes);
    const bool is_local = byte_at(text_, 12) == 0x20;
    const unsigned family = byte_at(text_, 13);
    if (is_local || family == 0x00) {
        return {};  // whatever follows says nothing
    }
    // Two addresses, then two ports.
    if (family != 0x11 && family != 0x21) {
        return broken("neither TCP over IPv4 nor TCP over IPv6");
    }
    const std::size_t size = family == 0x11 ? 12 : 36;
    if (rest.size() < size) {
        return broken("shorter than its addresses");
    }
    if (!are_whole(rest.substr(size))) {
        return broken("shorter than what it has behind its addresses");
    }
    source_ = family == 0x11 ? address_at<asio::ip::address_v4>(rest, 0)
                             : address_at<asio::ip::address_v6>(rest, 0);
    return {};
}

// "PROXY TCP4 192.0.2.1 192.0.2.9 56324 443\r\n", "PROXY UNKNOWN ...\r\n".
result<void> proxy_header_reader::parse_text() {
    std::string_view line(text_);
    line.remove_prefix(text_begin.size());
    line.remove_suffix(2);
    std::array<std::string_view, 5> words;
    for (auto& word : words) {
        word = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(line.size(), word.size() + 1));
    }
    if (words[0] == "UNKNOWN") {
        return {};
    }
    const bool ends_behind_port = text_.ends_with(std::string(words[4]) + "\r\n");
    if ((words[0] != "TCP4" && words[0] != "TCP6") || !line.empty() || !ends_behind_port ||
        !is_port(words[3]) || !is_port(words[4]) || !parse_ip(words[2], words[0])) {
        return broken("must be PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT");
    }
    source_ = parse_ip(words[1], words[0]);
    return source_ ? result<void>() : broken("the source is no address");
}

}  // namespace gim::net
