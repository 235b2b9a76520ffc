#include "base/salted_hash.hpp"

#include "base/text_map.hpp"
#include "model/ids.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

using namespace gim::base;

namespace {

// 0, 1, 2, ... as the authors' test vectors have it.
std::string first_bytes(std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
        bytes.push_back(static_cast<char>(i));
    }
    return bytes;
}

constexpr hash_key key_of_authors{0x0706050403020100, 0x0f0e0d0c0b0a0908};

// Ids whose std::hash of libstdc++ is the same number.
constexpr std::string_view colliding[] = {
    "ibKAAAAA.O-S7Qu_",
    "qjSAAAAAsnwMzlF1",
    "Z0VAAAAAYzcgMA_M",
    "3RpAAAAA8j@ZKytM"};

}  // namespace

TEST_CASE("SipHash-2-4 gives the numbers of its authors") {
    CHECK(sip_hash_2_4("", key_of_authors) == 0x726fdb47dd0e0e31);
    CHECK(sip_hash_2_4(first_bytes(15), key_of_authors) == 0xa129ca6149be45e5);
}

TEST_CASE("SipHash-1-3 gives the numbers of CPython and Rust, for every length of the last word") {
    CHECK(sip_hash_1_3("", key_of_authors) == 0xabac0158050fc4dc);
    constexpr std::string_view letters = "abcdefghijklmnopqrst";
    CHECK(sip_hash_1_3(letters.substr(0, 1), {}) == 4644417185603328019U);
    CHECK(sip_hash_1_3(letters.substr(0, 7), {}) == 7904145750247929094U);
    CHECK(sip_hash_1_3(letters.substr(0, 8), {}) == 4574395652268504554U);
    CHECK(sip_hash_1_3(letters.substr(0, 15), {}) == 2293029479765367930U);
    CHECK(sip_hash_1_3(letters, {}) == 14614699189823028437U);
}

TEST_CASE("both halves of the key count") {
    CHECK(sip_hash_1_3("lobby", {1, 0}) != sip_hash_1_3("lobby", {}));
    CHECK(sip_hash_1_3("lobby", {0, 1}) != sip_hash_1_3("lobby", {}));
}

TEST_CASE("the two salts of a process are random and differ") {
    CHECK(hash_for_tables("lobby") == hash_for_tables(std::string("lobby")));
    CHECK(hash_for_homes("lobby") == hash_for_homes(std::string("lobby")));
    CHECK(hash_for_tables("lobby") != hash_for_homes("lobby"));
    CHECK(hash_for_tables("lobby") != sip_hash_1_3("lobby", {}));
    CHECK(hash_for_homes("lobby") != sip_hash_1_3("lobby", {}));
}

TEST_CASE("ids that collide in std::hash have different hashes in tables") {
    for (const auto one : colliding) {
        REQUIRE(std::hash<std::string_view>{}(one) == std::hash<std::string_view>{}(colliding[0]));
        for (const auto other : colliding) {
            if (one == other) {
                continue;
            }
            CHECK(text_hash{}(one) != text_hash{}(other));
            CHECK(hash_for_homes(one) != hash_for_homes(other));
        }
    }
    const std::hash<gim::model::session_id> of_session;
    const auto text = gim::model::session_id::room("lobby").text();
    CHECK(of_session(gim::model::session_id::room("lobby")) == hash_for_tables(text));
}
