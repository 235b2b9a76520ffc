// Compressed messages (RFC 7692), as the reader of frames gives them.

#include "support/client_frames.hpp"
#include "support/deflate.hpp"
#include "unit/websocket/websocket_events.hpp"
#include "websocket/websocket_reader.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

using namespace gim::test;

namespace {

constexpr unsigned rsv1 = 0x40;
constexpr unsigned text = 0x81, binary = 0x82, goodbye = 0x88, ping = 0x89, pong = 0x8a;
constexpr unsigned first_text = 0x01, first_binary = 0x02, more = 0x00, last = 0x80;

std::string packed_text(std::string_view plain) {
    return client_frame(text | rsv1, deflated(plain));
}

lines events_with_inflater(std::string_view bytes) {
    event_log log({70'000, 64}, event_log::compression::agreed);
    log.feed(bytes);
    return log.seen;
}

std::string failed_with(const std::string& bytes) {
    const auto all = events_with_inflater(bytes);
    REQUIRE_FALSE(all.empty());
    CHECK(all.back().starts_with("failure"));
    return all.back().substr(0, 12);
}

}  // namespace

TEST_CASE("compressed and plain messages are read one after the other, and told apart") {
    event_log log({70'000, 64}, event_log::compression::agreed);
    const std::string longer(50'000, 'x');
    log.feed(packed_text("hello"));
    CHECK(log.reader.was_deflated());
    log.feed(client_text("plain"));
    CHECK_FALSE(log.reader.was_deflated());
    log.feed(packed_text("") + packed_text(longer) + client_text("again"));
    log.feed(client_frame(binary | rsv1, deflated("\xff\xfe")));
    CHECK(
        log.seen ==
        lines{
            "text hello", "text plain", "text ", "text " + longer, "text again", "binary \xff\xfe"}
    );
    log.reader.space();
    CHECK(log.reader.extra_bytes() == 0);
}

TEST_CASE("a compressed message may come in fragments, with control frames between") {
    const std::string plain = "h\xc3\xa4lf of a character may end a fragment \xf0\x9f\x98\x80";
    const auto payload = deflated(plain);
    for (std::size_t a = 0; a <= payload.size(); ++a) {
        const auto bytes = client_frame(first_text | rsv1, payload.substr(0, a)) +
                           client_frame(ping, "p") + client_frame(more, "") +
                           client_frame(pong, "") + client_frame(last, payload.substr(a)) +
                           client_text("next");
        const lines whole{"ping p", "pong ", "text " + plain, "text next"};
        REQUIRE(events_with_inflater(bytes) == whole);
        event_log single({70'000, 64}, event_log::compression::agreed);
        for (const char c : bytes) {
            single.feed({&c, 1});
        }
        REQUIRE(single.seen == whole);
    }
}

TEST_CASE("however a stream with compressed messages is cut, the events are the same") {
    const std::string page(3000, 'y');
    const auto payload = deflated("in fragments");
    const std::array streams{
        client_text("a") + packed_text("hello") + packed_text(page) + client_frame(ping, "p") +
            client_frame(first_binary | rsv1, payload.substr(0, 3)) +
            client_frame(last, payload.substr(3)) + packed_text("z") + client_frame(goodbye, ""),
        packed_text("good") + client_frame(text | rsv1, "\xff garbage") + packed_text("not read"),
        packed_text("good") + packed_text("\xff") + packed_text("not read"),
        packed_text(std::string(80'000, 'x')) + packed_text("not read"),
    };
    for (const auto& bytes : streams) {
        const auto whole = events_with_inflater(bytes);
        for (std::size_t a = 0; a <= bytes.size(); ++a) {
            for (std::size_t b = a; b <= bytes.size(); b += b < a + 8 ? 1 : 23) {
                event_log log({70'000, 64}, event_log::compression::agreed);
                log.feed(std::string_view(bytes).substr(0, a));
                log.feed(std::string_view(bytes).substr(a, b - a));
                log.feed(std::string_view(bytes).substr(b));
                REQUIRE(log.seen == whole);
            }
        }
    }
}

TEST_CASE("the bit stands at the first frame of a message, and only if it was agreed on") {
    CHECK(events_of(packed_text("x")).back() == "failure 1002 a reserved bit is set");
    CHECK(failed_with(client_frame(ping | rsv1, "")) == "failure 1002");
    CHECK(failed_with(client_frame(goodbye | rsv1, "")) == "failure 1002");
    CHECK(failed_with(client_frame(last | rsv1, "")) == "failure 1002");
    CHECK(
        failed_with(client_frame(first_text | rsv1, "") + client_frame(last | rsv1, "")) ==
        "failure 1002"
    );
    CHECK(
        failed_with(client_frame(first_text, "") + client_frame(last | rsv1, "")) == "failure 1002"
    );
    for (const unsigned other : {0x10U, 0x20U, 0x30U}) {
        CHECK(failed_with(client_frame(text | other, "")) == "failure 1002");
        CHECK(failed_with(client_frame(text | rsv1 | other, deflated("x"))) == "failure 1002");
    }
}

TEST_CASE("what is not DEFLATE, or not UTF-8 when it is decompressed, is refused with 1007") {
    CHECK(failed_with(client_frame(text | rsv1, "\xff\xff\xff")) == "failure 1007");
    CHECK(failed_with(client_frame(binary | rsv1, "")) == "failure 1007");
    CHECK(
        failed_with(client_frame(binary | rsv1, deflated("cut off").substr(1))) == "failure 1007"
    );
    CHECK(failed_with(packed_text("a\xff z")) == "failure 1007");
    CHECK(failed_with(packed_text("ends inside \xe2\x82")) == "failure 1007");
    // The compressed bytes themselves need not be UTF-8.
    const std::string plain = "a text that is long enough to be compressed to bytes of any kind";
    CHECK(events_with_inflater(packed_text(plain)) == lines{"text " + plain});
}

TEST_CASE("a long compressed message leaves the worker's inflater its usual memory") {
    event_log log({1024 * 1024, 64}, event_log::compression::agreed);
    const std::string long_text(1024 * 1024, 'x');
    log.feed(packed_text(long_text));
    CHECK(log.seen == lines{"text " + long_text});
    CHECK(log.inflating.capacity() <= 128 * 1024);
}

TEST_CASE("both sizes of a compressed message are bounded, and memory with them") {
    event_log log({70'000, 64}, event_log::compression::agreed);
    log.feed(packed_text(std::string(70'000, 'x')));
    CHECK(log.seen == lines{"text " + std::string(70'000, 'x')});
    CHECK(failed_with(packed_text(std::string(70'001, 'x'))) == "failure 1009");

    event_log bombed({70'000, 64}, event_log::compression::agreed);
    const auto bomb = deflated(std::string(32 * 1024 * 1024, 'x'), 9);
    bombed.feed(client_frame(binary | rsv1, bomb));
    CHECK(bombed.seen == lines{"failure 1009 message too long"});
    CHECK(bombed.reader.extra_bytes() < 80'000);
    CHECK(bombed.inflating.capacity() <= 70'001);

    CHECK(failed_with(client_header(text | rsv1, 70'001)) == "failure 1009");
    std::string fragments = client_frame(first_text | rsv1, deflated("x"));
    for (int i = 0; i < 64; ++i) {
        fragments += client_frame(more, "");
    }
    CHECK(failed_with(fragments) == "failure 1008");
}

TEST_CASE("compressed messages of random sizes and fragments arrive as they were sent") {
    std::mt19937 engine(8);
    for (int round = 0; round < 40; ++round) {
        std::string bytes;
        lines sent;
        for (int message = 0; message < 20; ++message) {
            std::string plain;
            for (std::size_t n = engine() % (1U << engine() % 15); plain.size() < n;) {
                plain += static_cast<char>(engine() % 7);
            }
            const auto payload = deflated(plain, static_cast<int>(engine() % 10));
            const auto cut = engine() % (payload.size() + 1);
            bytes += client_frame(first_binary | rsv1, payload.substr(0, cut));
            bytes += client_frame(last, payload.substr(cut));
            sent.push_back("binary " + plain);
        }
        REQUIRE(events_with_inflater(bytes) == sent);
    }
}
