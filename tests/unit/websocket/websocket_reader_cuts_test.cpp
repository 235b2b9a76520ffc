#include "support/client_frames.hpp"
#include "unit/websocket/websocket_events.hpp"
#include "websocket/websocket_reader.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

using namespace gim::test;

namespace {

constexpr unsigned text = 0x81, binary = 0x82, goodbye = 0x88, ping = 0x89;
constexpr unsigned first_text = 0x01, more = 0x00, last = 0x80;

// Streams of many kinds of frames, good and bad.
lines samples() {
    const std::string utf8 = "a\xce\xba\xe2\x82\xac\xf0\x9f\x98\x80z";
    const std::string good = client_text("hello") + client_frame(ping, "are you there") +
                             client_frame(first_text, "he") + client_frame(ping, "") +
                             client_frame(more, "") + client_frame(last, "llo") +
                             client_text(utf8) + client_frame(binary, std::string(200, '\xfe')) +
                             client_text("");
    return {
        good,
        good + client_frame(goodbye, std::string("\x03\xe8") + "bye"),
        client_frame(first_text, utf8.substr(0, 2)) + client_frame(more, utf8.substr(2, 3)) +
            client_frame(last, utf8.substr(5)),
        client_text("a\xe2\x82") + good,
        client_text("abc\xff"
                    "abc"
        ) + good,
        good + client_frame(last, "x") + good,
        good + client_header(text, 1U << 21) + good,
        client_frame(first_text, "a") + client_text("b"),
        std::string("\x82\xfe\x00\x05", 4),
        client_frame(goodbye, "x") + good,
    };
}

// A source of the same numbers in every run.
class dice {
public:
    explicit dice(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }
    char byte() { return static_cast<char>(engine_()); }
    std::string bytes(std::size_t n) {
        std::string out;
        while (out.size() < n) {
            out += byte();
        }
        return out;
    }

private:
    std::mt19937 engine_;
};

lines fed_in_random_pieces(std::string_view bytes, std::size_t longest, dice& d) {
    event_log log;
    while (!bytes.empty()) {
        const auto n = std::min(bytes.size(), 1 + d.below(longest));
        log.feed(bytes.substr(0, n));
        bytes.remove_prefix(n);
    }
    return log.seen;
}

}  // namespace

TEST_CASE("one cut anywhere, two cuts anywhere, and single bytes give the same events") {
    for (const auto& bytes : samples()) {
        CAPTURE(bytes);
        const auto whole = events_of(bytes);
        event_log single;
        for (const char c : bytes) {
            single.feed({&c, 1});
        }
        REQUIRE(single.seen == whole);
        for (std::size_t a = 0; a <= bytes.size(); ++a) {
            for (std::size_t b = a; b <= bytes.size(); b += b < a + 24 ? 1 : 37) {
                event_log log;
                log.feed(std::string_view(bytes).substr(0, a));
                log.feed(std::string_view(bytes).substr(a, b - a));
                log.feed(std::string_view(bytes).substr(b));
                REQUIRE(log.seen == whole);
            }
        }
    }
}

TEST_CASE("messages of random sizes, fragments and masks arrive as they were sent") {
    dice d(1);
    for (int round = 0; round < 60; ++round) {
        std::string bytes;
        lines sent;
        for (int message = 0; message < 20; ++message) {
            const auto payload = d.bytes(d.below(1U << d.below(17)));
            const auto frames = 1 + d.below(5);
            std::string_view rest = payload;
            for (std::size_t i = 1; i <= frames; ++i) {
                const auto piece = i == frames ? rest : rest.substr(0, d.below(rest.size() + 1));
                rest.remove_prefix(piece.size());
                const mask_key mask{
                    static_cast<std::uint8_t>(d.byte()),
                    0xff,
                    0,
                    static_cast<std::uint8_t>(d.byte())};
                bytes += client_frame((i == 1 ? 2U : 0U) | (i == frames ? 0x80U : 0U), piece, mask);
                if (d.below(4) == 0) {
                    const auto note = d.bytes(d.below(126));
                    bytes += client_frame(ping, note, mask);
                    // A ping behind the last frame comes behind the message.
                    if (i == frames) {
                        sent.push_back("binary " + payload);
                    }
                    sent.push_back("ping " + note);
                } else if (i == frames) {
                    sent.push_back("binary " + payload);
                }
            }
        }
        REQUIRE(events_of(bytes) == sent);
        REQUIRE(fed_in_random_pieces(bytes, 1 + d.below(3000), d) == sent);
    }
}

TEST_CASE("random bytes are read to their end or to a failure, the same however they are cut") {
    dice d(2);
    for (int round = 0; round < 20'000; ++round) {
        const auto bytes = d.bytes(1 + d.below(64));
        const auto whole = events_of(bytes);
        REQUIRE(fed_in_random_pieces(bytes, 7, d) == whole);
    }
}

TEST_CASE("good streams with some bytes changed are read to their end or to a failure") {
    dice d(3);
    const auto all = samples();
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = all[d.below(all.size())];
        for (std::size_t changes = 1 + d.below(3); changes > 0; --changes) {
            bytes[d.below(bytes.size())] = d.byte();
        }
        const auto whole = events_of(bytes);
        REQUIRE(fed_in_random_pieces(bytes, 50, d) == whole);
    }
}

TEST_CASE("a long message that trickles in holds little more than what came, and nothing after it"
) {
    event_log log;
    const std::string payload(600'000, 'x');
    const auto frame = client_text(payload);
    CHECK(log.reader.extra_bytes() == 0);
    std::size_t fed = 0;
    for (; fed < frame.size(); fed += 500) {
        log.feed(std::string_view(frame).substr(fed, 500));
        REQUIRE(log.reader.extra_bytes() <= 2 * fed + 10'000);
    }
    CHECK(log.seen == lines{"text " + payload});
    log.feed(client_text("short"));
    CHECK(log.seen.back() == "text short");
    log.reader.space();
    CHECK(log.reader.extra_bytes() == 0);
}

TEST_CASE("a header that declares much takes no memory for it") {
    event_log log;
    log.feed(client_header(text, 1'000'000));
    log.reader.space();
    CHECK(log.reader.extra_bytes() <= 10'000);
}

TEST_CASE("short messages and endless pings inside a message take no memory beyond the reader") {
    event_log log;
    for (int i = 0; i < 1000; ++i) {
        log.feed(client_text("hello"));
        REQUIRE(log.reader.extra_bytes() == 0);
    }
    log.feed(client_frame(first_text, "hello"));
    for (int i = 0; i < 1000; ++i) {
        log.feed(client_frame(ping, "hello"));
        REQUIRE(log.reader.extra_bytes() == 0);
    }
    log.feed(client_frame(last, " again"));
    CHECK(log.seen.back() == "text hello again");
}

TEST_CASE("who sends more than fits at once is given more space, until it rests") {
    event_log log;
    const auto first = log.reader.space().size();
    std::string flood;
    while (flood.size() < 100'000) {
        flood += client_text("hello");
    }
    log.feed(flood.substr(0, first));
    CHECK(log.reader.space().size() > first);
    log.feed(flood.substr(first));
    CHECK(log.reader.space().size() == first);
    CHECK(log.seen.size() == flood.size() / client_text("hello").size());
}
