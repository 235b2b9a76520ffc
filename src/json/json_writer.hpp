#pragma once

#include "base/text_buffer.hpp"
#include "json/json_text.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <vector>

namespace gim::json {

// A text that is known when compiling, so that it can be a template's argument.
template <std::size_t N>
struct literal {
    // Implicit, so that a string literal is one.
    consteval literal(const char (&text)[N]) {
        for (std::size_t i = 0; i < N; ++i) {
            bytes[i] = text[i];
        }
    }
    static constexpr std::size_t size = N - 1;  // without the NUL
    char bytes[N];
};

// A piece of JSON text between values, such as `,"name":`. Written as ",\"name\":"_json.
template <literal Text>
struct json_piece {};

template <literal Text>
consteval json_piece<Text> operator""_json() {
    return {};
}

// Writes JSON text, piece by piece; nothing but the values is looked at.
//
// Problem: gim's older form of a frame has its body as JSON text inside a JSON string, so that
// every quote is escaped, and those of the values twice. Written first and escaped then, that is
// most of the cost of a packet. So the pieces between the values are escaped when compiling, and
// the values are written escaped as often as their level needs.
//
// What is passed must be valid UTF-8.
template <json_level Level>
class json_writer {
public:
    explicit json_writer(base::text_buffer& to) : to_(to) {}

    template <literal Text>
    json_writer& raw(json_piece<Text>) {
        static constexpr auto text = at_level<Text>();
        to_.append(text.data(), text.size());
        return *this;
    }

    // A string. `head` is what stands before it.
    template <literal Head>
    json_writer& text(json_piece<Head> head, std::string_view value) {
        raw(head).raw("\""_json);
        append_json_escaped(value, Level, to_);
        return raw("\""_json);
    }
    // The same for values that hold nothing to escape: ids.
    template <literal Head>
    json_writer& plain(json_piece<Head> head, std::string_view value) {
        raw(head).raw("\""_json);
        to_.append(value.data(), value.size());
        return raw("\""_json);
    }
    template <literal Head, std::integral T>
    json_writer& number(json_piece<Head> head, T value) {
        raw(head);
        append_json_integer(value, to_);
        return *this;
    }
    template <literal Head>
    json_writer& decimal(json_piece<Head> head, double value) {
        raw(head);
        append_json_decimal(value, to_);
        return *this;
    }
    template <literal Head>
    json_writer& flag(json_piece<Head> head, bool value) {
        raw(head);
        return value ? raw("true"_json) : raw("false"_json);
    }
    template <literal Head, class T, class WriteOne>
    json_writer& list(json_piece<Head> head, const std::vector<T>& values, WriteOne write_one) {
        raw(head).raw("["_json);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) {
                raw(","_json);
            }
            write_one(values[i]);
        }
        return raw("]"_json);
    }

private:
    // Level by level: "is" becomes \"is\".
    template <literal Text>
    static consteval auto at_level() {
        constexpr auto needs_escape = [](char c) { return c == '"' || c == '\\'; };
        constexpr std::size_t escapes = [&] {
            std::size_t n = 0;
            for (std::size_t i = 0; Level == json_level::in_string && i < Text.size; ++i) {
                n += needs_escape(Text.bytes[i]) ? 1 : 0;
            }
            return n;
        }();
        std::array<char, Text.size + escapes> out{};
        std::size_t at = 0;
        for (std::size_t i = 0; i < Text.size; ++i) {
            if (Level == json_level::in_string && needs_escape(Text.bytes[i])) {
                out[at++] = '\\';
            }
            out[at++] = Text.bytes[i];
        }
        return out;
    }

    base::text_buffer& to_;
};

}  // namespace gim::json
