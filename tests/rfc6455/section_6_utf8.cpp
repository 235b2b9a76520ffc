#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gim::test {

namespace {

constexpr unsigned first_text = 0x01, more = 0x00, last = 0x80;

// "kosme" in Greek: characters of 2, 3, 2, 2 and 2 bytes.
const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
const std::string surrogate = "\xed\xa0\x80";
const std::string beyond = "\xf4\x90\x80\x80";  // U+110000

// The bits of a character as UTF-8 would write them, whether it may be written or not.
std::string three_bytes(unsigned code) {
    return {
        static_cast<char>(0xe0 | code >> 12),
        static_cast<char>(0x80 | (code >> 6 & 0x3f)),
        static_cast<char>(0x80 | (code & 0x3f))};
}
std::string four_bytes(unsigned code) {
    return {
        static_cast<char>(0xf0 | code >> 18),
        static_cast<char>(0x80 | (code >> 12 & 0x3f)),
        static_cast<char>(0x80 | (code >> 6 & 0x3f)),
        static_cast<char>(0x80 | (code & 0x3f))};
}

std::string continuations(unsigned count) {
    std::string out;
    for (unsigned i = 0; i < count; ++i) {
        out += i % 2 == 0 ? '\x80' : '\xbf';
    }
    return out;
}

// A lead byte of each from `begin` on, every one with a space behind it.
std::string lonely(unsigned begin, unsigned count) {
    std::string out;
    for (unsigned i = 0; i < count; ++i) {
        out += static_cast<char>(begin + i);
        out += ' ';
    }
    return out;
}

// A text in frames of one byte each.
lines in_single_bytes(std::string_view text) {
    lines out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned opcode = i == 0 ? first_text : more;
        const unsigned fin = i + 1 == text.size() ? last : 0;
        out.push_back(client_frame(opcode | fin, text.substr(i, 1)));
    }
    return out;
}

class list {
public:
    void valid(const std::string& section, const lines& texts) {
        int n = 0;
        for (const auto& text : texts) {
            all.push_back(
                good(section + std::to_string(++n), {client_text(text)}, {text_line(text)})
            );
        }
    }
    void invalid(const std::string& section, const lines& texts) {
        int n = 0;
        for (const auto& text : texts) {
            all.push_back(bad(section + std::to_string(++n), {client_text(text)}, 1007));
        }
    }
    wire_cases all;
};

void in_fragments(wire_cases& all) {
    const auto empty = client_frame(more, "");
    all.push_back(good("6.1.1", {client_text("")}, {text_line("")}));
    all.push_back(good(
        "6.1.2", {client_frame(first_text, ""), empty, client_frame(last, "")}, {text_line("")}
    ));
    all.push_back(good(
        "6.1.3",
        {client_frame(first_text, ""), client_frame(more, "middle"), client_frame(last, "")},
        {text_line("middle")}
    ));

    const std::string text =
        "Gr\xc3\xbc\xc3\x9f"
        "e an alle";
    all.push_back(good("6.2.1", {client_text(text)}, {text_line(text)}));
    all.push_back(good(
        "6.2.2",
        {client_frame(first_text, text.substr(0, 4)), client_frame(last, text.substr(4))},
        {text_line(text)}
    ));
    all.push_back(good("6.2.3", in_single_bytes(text), {text_line(text)}));
    all.push_back(good("6.2.4", in_single_bytes(kosme), {text_line(kosme)}));

    const auto broken = kosme + surrogate + "edited";
    all.push_back(bad("6.3.1", {client_text(broken)}, 1007));
    all.push_back(bad("6.3.2", in_single_bytes(broken), 1007));
}

// RFC 6455, 8.1: the client sends no more than the byte that breaks the text, and must be told.
void failing_fast(wire_cases& all) {
    const auto begin = client_frame(first_text, kosme);
    all.push_back(bad("6.4.1", {begin, client_frame(more, beyond)}, 1007));
    all.push_back(
        bad("6.4.2",
            {client_frame(first_text, kosme + beyond[0]), client_frame(more, beyond.substr(1))},
            1007)
    );
    const auto whole = client_text(kosme + beyond + "edited");
    const auto header = whole.size() - kosme.size() - beyond.size() - 6;
    // U+110000 is known by its second byte.
    const auto until_broken = header + kosme.size() + 2;
    all.push_back(bad("6.4.3", {whole.substr(0, until_broken)}, 1007));
    auto in_octets = bad("6.4.4", {whole.substr(0, until_broken)}, 1007);
    in_octets.chop = 1;
    all.push_back(in_octets);
}

lines prefixes_of_kosme() {
    lines out;
    for (std::size_t i = 1; i <= kosme.size(); ++i) {
        out.push_back(kosme.substr(0, i));
    }
    return out;
}

bool is_boundary(std::size_t bytes) {
    return bytes == 2 || bytes == 5 || bytes == 7 || bytes == 9 || bytes == 11;
}

lines surrogate_pairs() {
    lines out;
    for (const unsigned high : {0xd800U, 0xdb7fU, 0xdb80U, 0xdbffU}) {
        for (const unsigned low : {0xdc00U, 0xdfffU}) {
            out.push_back(three_bytes(high) + three_bytes(low));
        }
    }
    return out;
}

lines noncharacters() {
    lines out{three_bytes(0xfffe), three_bytes(0xffff)};
    for (unsigned plane = 1; plane <= 16; ++plane) {
        out.push_back(four_bytes(plane << 16 | 0xfffe));
        out.push_back(four_bytes(plane << 16 | 0xffff));
    }
    return out;
}

}  // namespace

// RFC 6455, 8.1 with RFC 3629: the classes of Markus Kuhn's well-known stress test of decoders.
wire_cases utf8() {
    list l;
    in_fragments(l.all);
    failing_fast(l.all);
    l.valid(
        "6.5.",
        {"hello$world",
         "hello\xc2\xa2world",
         "hello\xe2\x82\xacworld",
         "hello\xf0\xa4\xad\xa2world",
         kosme}
    );
    int n = 0;
    for (const auto& prefix : prefixes_of_kosme()) {
        const auto number = "6.6." + std::to_string(++n);
        l.all.push_back(
            is_boundary(prefix.size()) ? good(number, {client_text(prefix)}, {text_line(prefix)})
                                       : bad(number, {client_text(prefix)}, 1007)
        );
    }
    l.valid("6.7.", {std::string(1, '\0'), "\xc2\x80", "\xe0\xa0\x80", "\xf0\x90\x80\x80"});
    l.invalid("6.8.", {"\xf8\x88\x80\x80\x80", "\xfc\x84\x80\x80\x80\x80"});
    l.valid("6.9.", {"\x7f", "\xdf\xbf", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf"});
    l.invalid("6.10.", {"\xf7\xbf\xbf\xbf", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf"});
    l.valid("6.11.", {"\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"});
    l.all.push_back(bad("6.11.5", {client_text(beyond)}, 1007));

    std::string all_continuations;
    for (unsigned byte = 0x80; byte <= 0xbf; ++byte) {
        all_continuations += static_cast<char>(byte);
    }
    lines unexpected{"\x80", "\xbf"};
    for (unsigned count = 2; count <= 6; ++count) {
        unexpected.push_back(continuations(count));
    }
    unexpected.push_back(all_continuations);
    l.invalid("6.12.", unexpected);
    l.invalid(
        "6.13.",
        {lonely(0xc0, 32), lonely(0xe0, 16), lonely(0xf0, 8), lonely(0xf8, 4), lonely(0xfc, 2)}
    );
    const lines unfinished{
        "\xc0",
        "\xe0\x80",
        "\xf0\x80\x80",
        "\xf8\x80\x80\x80",
        "\xfc\x80\x80\x80\x80",
        "\xdf",
        "\xef\xbf",
        "\xf7\xbf\xbf",
        "\xfb\xbf\xbf\xbf",
        "\xfd\xbf\xbf\xbf\xbf"};
    l.invalid("6.14.", unfinished);
    std::string concatenated;
    for (const auto& piece : unfinished) {
        concatenated += piece;
    }
    l.invalid("6.15.", {concatenated});
    l.invalid("6.16.", {"\xfe", "\xff", "\xfe\xfe\xff\xff"});
    // Overlong: a slash, the most that a shorter form holds, and NUL.
    l.invalid(
        "6.17.",
        {"\xc0\xaf",
         "\xe0\x80\xaf",
         "\xf0\x80\x80\xaf",
         "\xf8\x80\x80\x80\xaf",
         "\xfc\x80\x80\x80\x80\xaf"}
    );
    l.invalid(
        "6.18.",
        {"\xc1\xbf",
         "\xe0\x9f\xbf",
         "\xf0\x8f\xbf\xbf",
         "\xf8\x87\xbf\xbf\xbf",
         "\xfc\x83\xbf\xbf\xbf\xbf"}
    );
    l.invalid(
        "6.19.",
        {"\xc0\x80",
         "\xe0\x80\x80",
         "\xf0\x80\x80\x80",
         "\xf8\x80\x80\x80\x80",
         "\xfc\x80\x80\x80\x80\x80"}
    );
    lines surrogates;
    for (const unsigned code : {0xd800U, 0xdb7fU, 0xdb80U, 0xdbffU, 0xdc00U, 0xdf80U, 0xdfffU}) {
        surrogates.push_back(three_bytes(code));
    }
    l.invalid("6.20.", surrogates);
    l.invalid("6.21.", surrogate_pairs());
    l.valid("6.22.", noncharacters());
    lines specials;
    for (unsigned code = 0xfff9; code <= 0xffff; ++code) {
        specials.push_back(three_bytes(code));
    }
    l.valid("6.23.", specials);
    return std::move(l.all);
}

}  // namespace gim::test
