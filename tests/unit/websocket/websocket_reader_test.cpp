#include "websocket/websocket_reader.hpp"

#include "support/client_frames.hpp"
#include "unit/websocket/websocket_events.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using namespace gim::test;
using gim::websocket::websocket_reader;

namespace {

constexpr unsigned text = 0x81, binary = 0x82, goodbye = 0x88, ping = 0x89, pong = 0x8a;
constexpr unsigned first_text = 0x01, first_binary = 0x02, more = 0x00, last = 0x80;

std::string close_payload(unsigned code, std::string_view reason = "") {
    std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return out.append(reason);
}

// A message in so many frames of that length each.
std::string fragmented(std::size_t frames, std::size_t length = 0) {
    std::string out;
    for (std::size_t i = 0; i < frames; ++i) {
        const unsigned kind = i == 0 ? first_text : more;
        out += client_frame(i + 1 == frames ? kind | last : kind, std::string(length, 'x'));
    }
    return out;
}

// What comes of the bytes, whose last frame breaks the protocol.
std::string failed_with(const std::string& bytes) {
    const auto all = events_of(bytes);
    REQUIRE_FALSE(all.empty());
    CHECK(all.back().starts_with("failure"));
    return all.back().substr(0, 12);
}

}  // namespace

TEST_CASE("the examples of RFC 6455, 5.7 that a client may send") {
    CHECK(events_of("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") == lines{"text Hello"});
    const std::string fragments = client_frame(first_text, "Hel") + client_frame(last, "lo");
    CHECK(events_of(fragments) == lines{"text Hello"});
    CHECK(events_of("\x89\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") == lines{"ping Hello"});
    CHECK(events_of("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58") == lines{"pong Hello"});
    const std::string bytes(256, '\x05');
    CHECK(events_of(client_frame(binary, bytes)) == lines{"binary " + bytes});
    const std::string many(65536, '\x05');
    CHECK(events_of(client_frame(binary, many)) == lines{"binary " + many});
}

TEST_CASE("its example without a mask is refused, as every frame of a client must have one") {
    CHECK(failed_with("\x81\x05Hello") == "failure 1002");
    CHECK(failed_with(std::string("\x81\x00", 2)) == "failure 1002");
    CHECK(failed_with(std::string("\x89\x00", 2)) == "failure 1002");
}

TEST_CASE("a message of any header size and length is read, however it is cut in two") {
    for (const std::size_t length :
         {0U, 1U, 125U, 126U, 127U, 500U, 505U, 65535U, 65536U, 70000U}) {
        CAPTURE(length);
        const std::string payload(length, 'x');
        const auto frame = client_text(payload);
        const std::size_t step = length > 1000 ? 997 : 1;
        for (std::size_t cut = 0; cut <= frame.size(); cut += step) {
            event_log log;
            log.feed(std::string_view(frame).substr(0, cut));
            REQUIRE(log.reader.is_in_message() == (cut > 0 && cut < frame.size()));
            log.feed(std::string_view(frame).substr(cut));
            REQUIRE_FALSE(log.reader.is_in_message());
            REQUIRE(log.seen == lines{"text " + payload});
        }
    }
}

TEST_CASE("a control frame between the fragments of a message comes first") {
    const std::string bytes = client_frame(first_binary, "a") + client_frame(ping, "1") +
                              client_frame(more, "") + client_frame(pong, "2") +
                              client_frame(more, "b") + client_frame(ping, "") +
                              client_frame(last, "c");
    CHECK(events_of(bytes) == lines{"ping 1", "pong 2", "ping ", "binary abc"});
}

TEST_CASE("fragments of which only the last has a payload, or none, make a message") {
    CHECK(events_of(fragmented(3)) == lines{"text "});
    CHECK(
        events_of(
            client_frame(first_text, "") + client_frame(more, "") + client_frame(last, "x")
        ) == lines{"text x"}
    );
}

TEST_CASE("a continuation of nothing and a message inside another are refused") {
    CHECK(failed_with(client_frame(more, "x")) == "failure 1002");
    CHECK(failed_with(client_frame(last, "x")) == "failure 1002");
    CHECK(failed_with(client_text("x") + client_frame(last, "x")) == "failure 1002");
    CHECK(failed_with(client_frame(first_text, "a") + client_text("b")) == "failure 1002");
    CHECK(
        failed_with(client_frame(first_text, "a") + client_frame(first_text, "b")) == "failure 1002"
    );
}

TEST_CASE("reserved bits and unknown opcodes are refused, at the second byte of the frame") {
    for (unsigned first = 0; first < 256; ++first) {
        CAPTURE(first);
        const auto opcode = first & 0x0f;
        const bool is_known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
        const bool is_fine =
            (first & 0x70) == 0 && is_known && opcode != 0 && (opcode < 8 || (first & 0x80) != 0);
        event_log log;
        log.feed(client_header(first, 0).substr(0, 2));
        if (opcode == 0 && (first & 0x70) == 0) {
            continue;  // a continuation of nothing
        }
        CHECK(log.has_failed() == !is_fine);
    }
}

TEST_CASE("a control frame is whole and has at most 125 bytes") {
    const std::string most(125, 'x');
    CHECK(events_of(client_frame(ping, most)) == lines{"ping " + most});
    for (const unsigned control : {ping, pong, goodbye}) {
        CHECK(failed_with(client_header(control, 126)) == "failure 1002");
        CHECK(failed_with(client_header(control, 70000)) == "failure 1002");
        CHECK(failed_with(client_header(control & 0x7f, 5)) == "failure 1002");
    }
}

TEST_CASE("a length must be written in as few bytes as it needs, and have 63 bits") {
    const auto mask = std::string("\0\0\0\0", 4);
    CHECK(failed_with(std::string("\x82\xfe\x00\x7d", 4) + mask) == "failure 1002");
    CHECK(failed_with(std::string("\x82\xff\0\0\0\0\0\0\xff\xff", 10) + mask) == "failure 1002");
    CHECK(failed_with(client_header(binary, std::uint64_t{1} << 63)) == "failure 1002");
    CHECK(failed_with(client_header(binary, ~std::uint64_t{0})) == "failure 1002");
}

TEST_CASE("a close has a code that may be sent and a reason in UTF-8, or nothing") {
    CHECK(events_of(client_frame(goodbye, "")) == lines{"close 1000 "});
    CHECK(events_of(client_frame(goodbye, close_payload(1001, "bye"))) == lines{"close 1001 bye"});
    CHECK(failed_with(client_frame(goodbye, "\x03")) == "failure 1002");
    CHECK(failed_with(client_frame(goodbye, close_payload(1000, "\xff"))) == "failure 1002");
    CHECK(failed_with(client_frame(goodbye, close_payload(1000, "\xe2\x82"))) == "failure 1002");
    const std::string longest(123, 'x');
    CHECK(
        events_of(client_frame(goodbye, close_payload(4999, longest))) ==
        lines{"close 4999 " + longest}
    );
    for (unsigned code = 0; code < 65536; ++code) {
        CAPTURE(code);
        const bool is_fine = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
                             (code >= 3000 && code <= 4999);
        const auto all = events_of(client_frame(goodbye, close_payload(code)));
        REQUIRE(all.size() == 1);
        REQUIRE(all[0].starts_with(is_fine ? "close" : "failure 1002"));
    }
}

TEST_CASE("nothing is read behind a close or a failure") {
    CHECK(events_of(client_frame(goodbye, "") + client_text("x")) == lines{"close 1000 "});
    event_log log;
    log.feed(client_frame(goodbye, ""));
    log.feed(client_text("x") + client_frame(ping, ""));
    CHECK(log.seen.size() == 1);
    event_log failed;
    failed.feed("\xff\xff");
    failed.feed(client_text("x"));
    CHECK(failed.seen.size() == 1);
}

TEST_CASE("text must be UTF-8, binary need not be") {
    const std::string ends_inside = "x\xe2\x82";
    CHECK(events_of(client_text("\xe2\x82\xac")) == lines{"text \xe2\x82\xac"});
    CHECK(events_of(client_frame(binary, "\xff\xc0")) == lines{"binary \xff\xc0"});
    CHECK(failed_with(client_text("\xc3\x28")) == "failure 1007");
    CHECK(failed_with(client_text(ends_inside)) == "failure 1007");
    CHECK(failed_with(client_text("ok") + client_text("\xed\xa0\x80")) == "failure 1007");
    CHECK(
        events_of(client_frame(first_text, ends_inside) + client_frame(last, "\xac")) ==
        lines{"text x\xe2\x82\xac"}
    );
    CHECK(
        failed_with(client_frame(first_text, ends_inside) + client_frame(last, "x")) ==
        "failure 1007"
    );
}

TEST_CASE("text is refused at its first wrong byte, not at its end") {
    const auto frame = client_text(std::string(300, 'a') + "\xc3\x28" + std::string(3000, 'b'));
    const std::size_t wrong = 8 + 301;  // behind the header
    event_log log;
    log.feed(std::string_view(frame).substr(0, wrong));
    CHECK_FALSE(log.has_failed());
    log.feed(std::string_view(frame).substr(wrong, 1));
    CHECK(log.seen.back().starts_with("failure 1007"));
}

TEST_CASE("a message over the limit is refused at its header, all fragments counted") {
    constexpr std::size_t limit = 1000;
    const auto seen = [](const std::string& bytes) {
        event_log log({limit, 64});
        log.feed(bytes);
        return log.seen;
    };
    const std::string most(limit, 'x');
    CHECK(seen(client_text(most)) == lines{"text " + most});
    const auto refused = [&](const std::string& bytes) {
        const auto all = seen(bytes);
        return all.size() == 1 && all[0].starts_with("failure 1009");
    };
    CHECK(refused(client_header(text, limit + 1)));
    for (const int bits : {16, 31, 32, 40, 62}) {
        CHECK(refused(client_header(text, std::uint64_t{1} << bits)));
    }
    CHECK(refused(client_frame(first_text, most) + client_header(last, 1)));
    CHECK(refused(client_frame(first_text, "x") + client_header(last, limit)));
    CHECK(
        refused(client_frame(first_text, most) + client_header(last, (std::uint64_t{1} << 63) - 1))
    );
}

TEST_CASE("the limit may be raised between messages") {
    event_log log({10, 64});
    log.feed(client_text("0123456789"));
    log.reader.set_message_limit(20);
    log.feed(client_text("0123456789012345"));
    CHECK(log.seen == lines{"text 0123456789", "text 0123456789012345"});
}

TEST_CASE("a message may have 64 frames, and is refused at the header of the 65th") {
    for (const std::size_t length : {0U, 3U, 900U}) {
        event_log log;
        for (int message = 0; message < 3; ++message) {
            log.feed(fragmented(64, length));
            REQUIRE_FALSE(log.reader.is_in_message());
        }
        REQUIRE(log.seen.size() == 3);
        const auto too_many = fragmented(65, length);
        const std::size_t header = length < 126 ? 2 : 4;
        const auto last_header = too_many.size() - length - 4 - header;
        log.feed(std::string_view(too_many).substr(0, last_header));
        REQUIRE(log.seen.size() == 3);
        log.feed(std::string_view(too_many).substr(last_header, header));
        CHECK(log.seen.back().starts_with("failure 1008"));
    }
}

TEST_CASE("control frames between fragments do not count, and do not end the message") {
    event_log log({100, 3});
    log.feed(client_frame(first_text, "a"));
    for (int i = 0; i < 100; ++i) {
        log.feed(client_frame(ping, i % 2 == 0 ? "" : "hello"));
        REQUIRE(log.reader.is_in_message());
        REQUIRE(log.reader.is_joining());
    }
    log.feed(client_frame(more, "b") + client_frame(last, "c"));
    CHECK(log.seen.back() == "text abc");
    CHECK_FALSE(log.reader.is_joining());
}

TEST_CASE("half a header and half a control frame count as being in a message") {
    event_log log;
    log.feed("\x89");
    CHECK(log.reader.is_in_message());
    log.feed("\x85");
    CHECK(log.reader.is_in_message());
    log.feed(client_frame(ping, "hello").substr(2));
    CHECK_FALSE(log.reader.is_in_message());
}

TEST_CASE("a reader that is abandoned holds nothing and tells nothing more") {
    websocket_reader r({65536, 64});
    const auto feed = [&r](std::string_view bytes) {
        while (!bytes.empty()) {
            const auto space = r.space();
            const auto n = std::min(space.size(), bytes.size());
            std::memcpy(space.data(), bytes.data(), n);
            r.commit(n);
            bytes.remove_prefix(n);
            CHECK_FALSE(r.next());
        }
    };
    const auto whole = client_frame(text, std::string(40'000, 'x'));
    feed(std::string_view(whole).substr(0, 20'000));
    CHECK(r.extra_bytes() >= 20'000);
    CHECK(r.is_in_message());
    r.abandon();
    CHECK(r.extra_bytes() == 0);
    CHECK_FALSE(r.is_in_message());
    feed(client_frame(text, "hello"));
    CHECK(r.extra_bytes() == 0);
}
