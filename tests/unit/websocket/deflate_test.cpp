#include "support/deflate.hpp"

#include "websocket/deflater.hpp"
#include "websocket/inflater.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

using namespace gim::test;
using gim::websocket::deflater;
using gim::websocket::inflater;
using outcome = gim::websocket::inflater::outcome;

namespace {

constexpr std::size_t plenty = 1024 * 1024;

std::string bytes(std::initializer_list<unsigned> list) {
    std::string out;
    for (const auto b : list) {
        out += static_cast<char>(b);
    }
    return out;
}

// Text in which much repeats, near and far, and some does not.
std::string chatter(std::size_t size, unsigned seed) {
    constexpr std::array<std::string_view, 6> words{
        R"({"id":")", R"(","content":")", "hello ", "good game ", "\xe2\x82\xac", R"("},)"};
    std::mt19937 engine(seed);
    std::string out;
    while (out.size() < size) {
        out += words[engine() % words.size()];
        out += static_cast<char>('a' + engine() % 26);
    }
    out.resize(size);
    return out;
}

}  // namespace

TEST_CASE("what was compressed is decompressed to the same, with every window, one after the other"
) {
    inflater in;
    for (std::size_t window = 9; window <= 15; ++window) {
        deflater out(window);
        for (unsigned round = 0; round < 60; ++round) {
            const auto plain = chatter(std::size_t{1} << (6 + round % 12), round);
            CAPTURE(window);
            CAPTURE(plain.size());
            std::string packed = "before";
            REQUIRE(out.deflate(plain, packed));
            REQUIRE(packed.starts_with("before"));
            packed.erase(0, 6);
            CHECK(packed.size() < plain.size());
            REQUIRE(in.inflate(packed, plain.size()) == outcome::whole);
            REQUIRE(in.bytes() == plain);
        }
    }
}

TEST_CASE("a message says the same whatever was compressed before it") {
    deflater used(15), fresh(15);
    std::string first, again, alone;
    REQUIRE(used.deflate(chatter(5000, 1), first));
    REQUIRE(used.deflate(chatter(5000, 1), again));
    REQUIRE(fresh.deflate(chatter(5000, 1), alone));
    CHECK(first == again);
    CHECK(first == alone);
}

TEST_CASE("what would not be shorter is not compressed") {
    deflater by(15);
    std::mt19937 engine(1);
    std::string noise;
    for (int i = 0; i < 3000; ++i) {
        noise += static_cast<char>(engine());
    }
    std::string out = "kept";
    CHECK_FALSE(by.deflate(noise, out));
    CHECK_FALSE(by.deflate("abc", out));
    CHECK_FALSE(by.deflate("", out));
    CHECK(out == "kept");
    CHECK(by.deflate(chatter(1000, 2), out));
}

TEST_CASE("the examples of RFC 7692, 7.2.3") {
    const std::string hello = "Hello";
    const std::array<std::string, 4> payloads{
        bytes({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}),                          // one block
        bytes({0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00}),  // stored
        bytes({0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00}),                    // BFINAL
        bytes({0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00})};
    inflater by;
    for (const auto& payload : payloads) {
        REQUIRE(by.inflate(payload, hello.size()) == outcome::whole);
        CHECK(by.bytes() == hello);
    }
    REQUIRE(by.inflate(bytes({0x00}), 0) == outcome::whole);  // 7.2.3.6: an empty message
    CHECK(by.bytes().empty());
}

TEST_CASE("messages of final blocks are read one behind the other") {
    const auto one = raw_deflate("one", 6, Z_FINISH);
    inflater by;
    REQUIRE(by.inflate(one + one + std::string(1, '\0'), plenty) == outcome::whole);
    CHECK(by.bytes() == "oneone");
    CHECK(by.inflate(one, plenty) == outcome::broken);  // without the byte behind it
}

TEST_CASE("what is cut off anywhere is broken, and so is what is no DEFLATE") {
    inflater by;
    for (const int level : {1, 6}) {
        const auto whole = deflated(chatter(400, 4), level);
        for (std::size_t n = 0; n < whole.size(); ++n) {
            CAPTURE(n);
            REQUIRE(by.inflate(std::string_view(whole).substr(0, n), plenty) == outcome::broken);
        }
        REQUIRE(by.inflate(whole, plenty) == outcome::whole);
    }
    for (const auto& wrong :
         {bytes({0xff}),                          // a kind of block that is none
          bytes({0x00, 0x01, 0x00, 0x00, 0x00}),  // lengths that do not agree
          bytes({0x4a, 0x04, 0x42, 0x00}),        // a distance before the begin
          bytes({0x05, 0xff, 0xff, 0xff})}) {     // no code
        CHECK(by.inflate(wrong, plenty) == outcome::broken);
        REQUIRE(by.inflate(deflated("still good"), plenty) == outcome::whole);
        CHECK(by.bytes() == "still good");
    }
}

TEST_CASE("random bytes and changed messages end, within the bound") {
    std::mt19937 engine(5);
    inflater by;
    const auto good = deflated(chatter(3000, 6));
    for (int round = 0; round < 20'000; ++round) {
        auto payload = good;
        if (round % 2 == 0) {
            payload.resize(1 + engine() % 64);
            for (auto& c : payload) {
                c = static_cast<char>(engine());
            }
        } else {
            payload[engine() % payload.size()] = static_cast<char>(engine());
        }
        const std::size_t most = engine() % 5000;
        if (by.inflate(payload, most) == outcome::whole) {
            REQUIRE(by.bytes().size() <= most);
        }
        REQUIRE(by.capacity() <= 5001);
    }
}

TEST_CASE("of a bomb no more comes out than is allowed, whatever came before") {
    const auto bomb = deflated(std::string(64 * 1024 * 1024, 'x'), 9);
    CHECK(bomb.size() < 70'000);
    inflater by;
    for (const std::size_t most :
         {std::size_t{0}, std::size_t{1}, std::size_t{4096}, 64 * 1024UL}) {
        CHECK(by.inflate(bomb, most) == outcome::too_long);
        CHECK(by.capacity() <= most + 1);
    }
    // A large buffer that is there does not widen the bound.
    CHECK(by.inflate(bomb, 100) == outcome::too_long);
    CHECK(by.bytes().size() == 101);
}

TEST_CASE("what a message far above the usual took is given back") {
    inflater by;
    const auto large = deflated(std::string(1024 * 1024, 'x'));
    REQUIRE(by.inflate(large, 1024 * 1024) == outcome::whole);
    CHECK(by.capacity() >= 1024 * 1024);
    by.rest();
    CHECK(by.capacity() == 0);
    const auto usual = deflated(std::string(10'000, 'x'));
    REQUIRE(by.inflate(usual, 1024 * 1024) == outcome::whole);
    by.rest();
    CHECK(by.capacity() >= 10'000);
    REQUIRE(by.inflate(usual, 1024 * 1024) == outcome::whole);
    CHECK(by.bytes() == std::string(10'000, 'x'));
}

TEST_CASE("exactly as much as is allowed is allowed, one more is not") {
    inflater by;
    for (const std::size_t size : {1U, 2U, 4095U, 4096U, 4097U, 8192U, 65536U}) {
        CAPTURE(size);
        const auto plain = chatter(size, 7);
        const auto packed = deflated(plain);
        REQUIRE(by.inflate(packed, size) == outcome::whole);
        REQUIRE(by.bytes() == plain);
        REQUIRE(by.inflate(packed, size - 1) == outcome::too_long);
    }
}
