#include "storage/redis/redis_record.hpp"

#include "model/ids.hpp"
#include "model/requests.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using gim::model::message;
using gim::storage::from_redis_record;
using gim::storage::redis_record_overhead;
using gim::storage::to_redis_record;
using namespace std::string_literals;

namespace {

// As it is kept: Redis puts sequence and time in front.
std::string kept(const message& m) {
    return std::to_string(m.sequence) + " " + std::to_string(m.created_at) + " " +
           to_redis_record(m);
}

message example() {
    message m;
    m.id = "0Ab9z";
    m.sender = {"ann", "Ann Other"};
    m.category = "text";
    m.content = "hello, world";
    m.sequence = 12;
    m.created_at = 1'700'000'000'000;
    m.status = 0;
    return m;
}

void check_same(const message& a, const message& b) {
    CHECK(a.id == b.id);
    CHECK(a.sender == b.sender);
    CHECK(a.category == b.category);
    CHECK(a.content == b.content);
    CHECK(a.sequence == b.sequence);
    CHECK(a.created_at == b.created_at);
    CHECK(a.status == b.status);
}

}  // namespace

TEST_CASE("a message as Redis keeps it can be read by people") {
    CHECK(kept(example()) == "12 1700000000000 0Ab9z ann 0 9 4 Ann Othertexthello, world");
}

TEST_CASE("what is kept is read as it was, whatever it says") {
    const auto there_and_back = [](const message& m) {
        const auto back = from_redis_record(kept(m));
        REQUIRE(back != nullptr);
        check_same(*back, m);
    };
    there_and_back(example());

    auto m = example();
    m.sender.name = m.category = m.content = "";
    there_and_back(m);
    m.sender.name = " 1 2 ";
    m.category = "3 4";
    m.content = "5 6 ";
    there_and_back(m);
    m.content = "\0\r\n 😀 $-1\r\n"s;
    m.sender.name = "\0"s;
    there_and_back(m);
    m.sender.id = std::string(gim::model::max_id_bytes, 'x');
    m.content = std::string(gim::model::max_content_bytes, '7');
    m.sequence = std::uint64_t{1} << 53;
    m.created_at = std::int64_t{1} << 53;
    m.status = std::numeric_limits<std::uint32_t>::max();
    there_and_back(m);
}

TEST_CASE("what a record has beside the content is no more than is said") {
    auto m = example();
    m.id = std::string(16, 'z');
    m.sender = {
        std::string(gim::model::max_id_bytes, 'x'), std::string(gim::model::max_name_bytes, 'n')};
    m.category = std::string(gim::model::max_category_bytes, 'c');
    m.sequence = std::numeric_limits<std::uint64_t>::max();
    m.created_at = std::numeric_limits<std::int64_t>::min();
    m.status = std::numeric_limits<std::uint32_t>::max();
    CHECK(kept(m).size() - m.content.size() <= redis_record_overhead);
}

TEST_CASE("what is no record is none") {
    for (const auto* const text :
         {"",
          " ",
          "hello",
          "dismissed",
          "1 2 id ann 0 0 0",   // no space behind the last number
          "1 2 id ann 0 1 0 ",  // shorter than it says
          "1 2 id ann 0 0 1 ",
          "1 2 id ann 0 18446744073709551615 1 a",  // together they wrap around
          "1 2 id ann 0 1 18446744073709551615 a",
          "1 2 id ann 0 18446744073709551616 0 a",
          "1 2 id ann 0 -1 0 a",
          "1 2 id ann -1 0 0 a",
          "1 2 id ann 4294967296 0 0 a",
          "1 2  ann 0 0 0 a",
          "1 2 id  0 0 0 a",
          "1 2 id a:b 0 0 0 a",
          "-1 2 id ann 0 0 0 a",
          "x 2 id ann 0 0 0 a",
          "1 x id ann 0 0 0 a",
          "1  2 id ann 0 0 0 a",
          " 1 2 id ann 0 0 0 a",
          "18446744073709551616 2 id ann 0 0 0 a",
          "1 9223372036854775808 id ann 0 0 0 a"}) {
        CAPTURE(text);
        CHECK(from_redis_record(text) == nullptr);
    }
    for (const auto& text :
         {"1 2 \xff\0 ann 0 0 0 a"s,
          "1 2 i:d ann 0 0 0 a"s,
          "0 2 id ann 0 0 0 a"s,
          "9007199254740993 2 id ann 0 0 0 a"s,
          "1 9007199254740993 id ann 0 0 0 a"s,
          "1 -1 id ann 0 0 0 a"s,
          "1 2 id ann 0 1 0 \xff"
          "a"s,
          "1 2 id ann 0 0 1 \xff"
          "a"s,
          "1 2 id ann 0 0 0 \xc3"s,
          "1 2 id ann 0 65 0 "s + std::string(65, 'n'),
          "1 2 id ann 0 0 65 "s + std::string(65, 'c'),
          "1 2 id ann 0 0 0 "s + std::string(gim::model::max_content_bytes + 1, 'x')}) {
        CAPTURE(text);
        CHECK(from_redis_record(text) == nullptr);
    }
    CHECK(from_redis_record("1 2 id ann 0 0 0 ") != nullptr);
    CHECK(from_redis_record("1 2 id " + std::string(65, 'x') + " 0 0 0 a") == nullptr);
}

TEST_CASE("a part of a record is none, or a message that ends earlier") {
    const auto whole = kept(example());
    const auto head = whole.size() - example().content.size();
    for (std::size_t n = 0; n <= whole.size(); ++n) {
        CAPTURE(n);
        const auto m = from_redis_record(std::string_view(whole).substr(0, n));
        REQUIRE((m != nullptr) == (n >= head));
        if (m != nullptr) {
            auto shorter = example();
            shorter.content.resize(n - head);
            check_same(*m, shorter);
        }
    }
}

TEST_CASE("a record with a changed byte is none, or the message that it says then") {
    const auto whole = kept(example());
    std::size_t understood = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            auto changed = whole;
            changed[at] = static_cast<char>(byte);
            const auto m = from_redis_record(changed);
            if (m == nullptr) {
                continue;
            }
            ++understood;
            REQUIRE(gim::model::is_valid_id(m->sender.id));
            const auto again = from_redis_record(kept(*m));
            REQUIRE(again != nullptr);
            REQUIRE(again->content == m->content);
            REQUIRE(again->category == m->category);
            REQUIRE(again->sender == m->sender);
            REQUIRE(again->sequence == m->sequence);
        }
    }
    // Each byte of the texts, at least, may be any character of ASCII.
    CHECK(understood > 128 * std::string("Ann Othertexthello, world").size());
}
