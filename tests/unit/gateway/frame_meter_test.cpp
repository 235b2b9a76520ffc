#include "gateway/frame_meter.hpp"

#include "unit/gateway/client_frame.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

using gim::gateway::frame_meter;
using gim::test::client_frame;
using gim::test::client_header;
using gim::test::client_text;

namespace {

constexpr unsigned text = 0x01, continuation = 0x00, ping = 0x89, final_bit = 0x80;

// A message in so many frames of that length each.
std::string fragmented(std::size_t frames, std::size_t length = 0) {
    std::string out;
    for (std::size_t i = 0; i < frames; ++i) {
        const unsigned kind = i == 0 ? text : continuation;
        out += client_frame(i + 1 == frames ? kind | final_bit : kind, std::string(length, 'x'));
    }
    return out;
}

}  // namespace

TEST_CASE("a frame of any header size and length is followed to its end, however it is split") {
    for (const std::size_t length : {0U, 1U, 125U, 126U, 127U, 200U, 65535U, 65536U, 70000U}) {
        CAPTURE(length);
        const auto frame = client_text(std::string(length, 'x'));
        const std::size_t step = length > 1000 ? 997 : 1;
        for (std::size_t split = 0; split <= frame.size(); split += step) {
            frame_meter meter(64);
            REQUIRE(meter.feed(std::string_view(frame).substr(0, split)));
            REQUIRE(meter.is_in_message() == (split > 0 && split < frame.size()));
            REQUIRE(meter.feed(std::string_view(frame).substr(split)));
            REQUIRE_FALSE(meter.is_in_message());
        }
    }
}

TEST_CASE("many frames are followed byte by byte and all at once alike") {
    std::string all;
    for (const std::size_t length : {0U, 5U, 125U, 126U, 300U, 66000U}) {
        all += client_text(std::string(length, '\x81'));  // payload that looks like a header
        all += client_frame(ping, "hello");
        all += fragmented(3, length);
    }
    frame_meter whole(64);
    CHECK(whole.feed(all));
    CHECK_FALSE(whole.is_in_message());
    frame_meter single(64);
    for (std::size_t i = 0; i < all.size(); ++i) {
        REQUIRE(single.feed({&all[i], 1}));
    }
    CHECK_FALSE(single.is_in_message());
}

TEST_CASE("frames without a mask are followed too") {
    frame_meter meter(64);
    CHECK(meter.feed(std::string("\x81\x02hi", 4)));
    CHECK_FALSE(meter.is_in_message());
    CHECK(meter.feed(std::string("\x81\x7e\x00\x80", 4)));
    CHECK(meter.is_in_message());
    CHECK(meter.feed(std::string(128, 'x')));
    CHECK_FALSE(meter.is_in_message());
}

TEST_CASE("a message may have 64 frames, and is refused at the header of the 65th") {
    for (const std::size_t length : {0U, 3U}) {
        frame_meter meter(64);
        for (int message = 0; message < 3; ++message) {
            REQUIRE(meter.feed(fragmented(64, length)));
            REQUIRE_FALSE(meter.is_in_message());
        }
        const auto too_many = fragmented(65, length);
        const auto last = too_many.size() - client_frame(0x80, std::string(length, 'x')).size();
        CHECK(meter.feed(std::string_view(too_many).substr(0, last)));
        CHECK_FALSE(meter.feed(std::string_view(too_many).substr(last)));
    }
}

TEST_CASE("endless empty continuation frames are refused") {
    frame_meter meter(64);
    REQUIRE(meter.feed(client_frame(text, "")));
    int taken = 1;
    while (meter.feed(client_frame(continuation, ""))) {
        REQUIRE(++taken <= 64);
    }
    CHECK(taken == 64);
}

TEST_CASE("control frames in between do not count, and do not end the message") {
    frame_meter meter(3);
    REQUIRE(meter.feed(client_frame(text, "a")));
    for (int i = 0; i < 100; ++i) {
        REQUIRE(meter.feed(client_frame(ping, i % 2 == 0 ? "" : "hello")));
        REQUIRE(meter.is_in_message());
    }
    REQUIRE(meter.feed(client_frame(continuation, "b")));
    REQUIRE(meter.feed(client_frame(continuation | final_bit, "c")));
    CHECK_FALSE(meter.is_in_message());
    CHECK(meter.feed(fragmented(3)));
    CHECK_FALSE(meter.feed(fragmented(4)));
}

TEST_CASE("a control frame that is not whole counts as being in a message") {
    frame_meter meter(3);
    CHECK(meter.feed(client_header(ping, 5)));
    CHECK(meter.is_in_message());
    CHECK(meter.feed("hello"));
    CHECK_FALSE(meter.is_in_message());
}

TEST_CASE("a header that declares a huge length is believed, without arithmetic going wrong") {
    for (const std::uint64_t declared :
         {std::uint64_t{1} << 31,
          std::uint64_t{1} << 32,
          std::uint64_t{1} << 63,
          ~std::uint64_t{0}}) {
        frame_meter meter(64);
        CHECK(meter.feed(client_header(0x81, declared)));
        CHECK(meter.is_in_message());
        CHECK(meter.feed(std::string(100'000, '\x81')));
        CHECK(meter.is_in_message());
    }
}

TEST_CASE("every message that ends is counted, also when the next one has begun") {
    frame_meter meter(64);
    CHECK(meter.completed() == 0);
    const auto next = client_text("hello");
    CHECK(meter.feed(client_text("one") + fragmented(3) + next.substr(0, 4)));
    CHECK(meter.completed() == 2);
    CHECK(meter.is_in_message());
    CHECK(meter.feed(next.substr(4) + client_frame(ping, "x")));
    CHECK(meter.completed() == 4);
    CHECK(meter.feed(client_frame(text, "a") + client_frame(ping, "x")));
    CHECK(meter.completed() == 4);  // a ping inside a message ends nothing
}
