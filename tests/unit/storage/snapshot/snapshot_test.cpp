#include "storage/snapshot/block_checksum.hpp"
#include "storage/snapshot/snapshot_reader.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "support/snapshot_bytes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace snapshot = gim::storage::snapshot;
using gim::storage::snapshot_writer;
using gim::test::flaw_of;
using gim::test::snapshot_bytes;
using gim::test::source_of;

namespace {

const snapshot::beginning begin{"e1", 1000};

// One of each.
void add_all(snapshot_writer& to) {
    to.add(begin);
    to.add(snapshot::room{"den", snapshot::occupancy::kept});
    to.add(snapshot::member{"ann"});
    to.add(snapshot::member{"bob"});
    to.add(snapshot::room{"hall", snapshot::occupancy::left});
    to.add(snapshot::user{"ann", "Ann \xc3\xa9"});
    to.add(snapshot::joined{"ann", "den", 1'700'000'000'000});
    to.add(snapshot::listed{"ann", "2:ann:bob", 1'700'000'000'001});
    to.add(snapshot::horizon{7, 1'700'000'000'002, 1'700'000'000'003});
    to.add(snapshot::session{"1:den", 9, 20});
    to.add(snapshot::message{8, 19, 0, "aZ09", "ann", "Ann", "text", "hello"});
    to.add(snapshot::message{9, 20, 1, "aZ10", "bob", "", "", ""});
    to.add(snapshot::request{"ann", "1:den", "r-1", ~0ULL, "aZ09", 8, 19, 300'000});
}

// All fields, as text.
std::string show(const snapshot::record& r) {
    std::ostringstream out;
    const auto put = [&](const auto& field) {
        using field_type = std::decay_t<decltype(field)>;
        if constexpr (std::is_same_v<field_type, snapshot::occupancy>) {
            out << ' ' << static_cast<int>(field);
        } else {
            out << ' ' << field;
        }
    };
    std::visit(
        [&](const auto& q) {
            out << static_cast<int>(q.tag);
            std::apply([&](const auto&... field) { (put(field), ...); }, q.fields(q));
        },
        r
    );
    return out.str();
}

std::vector<std::string> records_of(const std::string& bytes) {
    std::vector<std::string> all;
    const auto read = gim::storage::read_snapshot(source_of(bytes), [&](const auto& r) {
        all.push_back(show(r));
    });
    CHECK(read.has_value());
    return all;
}

// Of records that need not make sense.
std::string flaw(std::initializer_list<snapshot::record> records) {
    return flaw_of(snapshot_bytes([&](snapshot_writer& to) {
        for (const auto& r : records) {
            std::visit([&](const auto& q) { to.add(q); }, r);
        }
    }));
}

// A snapshot of one block with this payload.
std::string with_payload(const std::string& payload) {
    std::string bytes(snapshot::magic);
    const auto put = [](std::string& to, std::uint32_t n) {
        for (int i = 0; i < 4; ++i) {
            to.push_back(static_cast<char>(n >> (8 * i)));
        }
    };
    put(bytes, snapshot::version);
    std::string block;
    put(block, static_cast<std::uint32_t>(payload.size()));
    put(block, 0);
    std::string whole = block + std::string(4, '\0') + payload;
    put(block, gim::storage::block_checksum(whole));
    return bytes + block + payload;
}

}  // namespace

TEST_CASE("what was written is read, however the records fall into blocks") {
    const auto whole = records_of(snapshot_bytes(add_all));
    CHECK(whole.size() == 14);
    CHECK(whole[0] == "1 e1 1000");
    CHECK(whole[10] == "9 8 19 0 aZ09 ann Ann text hello");
    CHECK(whole[12] == "10 ann 1:den r-1 18446744073709551615 aZ09 8 19 300000");
    CHECK(whole[13] == "11 13");
    for (const std::size_t payload : {80, 81, 100, 150, 1000}) {
        CAPTURE(payload);
        CHECK(records_of(snapshot_bytes(add_all, payload)) == whole);
    }
}

TEST_CASE("writer and reader count the same") {
    std::string bytes;
    snapshot_writer to([&](std::string_view some) { bytes += some; }, 100);
    add_all(to);
    to.finish();
    const auto read = gim::storage::read_snapshot(source_of(bytes), [](const auto&) {});
    REQUIRE(read.has_value());
    CHECK(read->epoch == "e1");
    CHECK(read->totals.bytes == bytes.size());
    CHECK(to.totals().bytes == bytes.size());
    CHECK(read->totals.by_tag == to.totals().by_tag);
    CHECK(read->totals.of<snapshot::message>() == 2);
    CHECK(read->totals.of<snapshot::member>() == 2);
}

TEST_CASE("a record that is longer than a block is an error, not a broken file") {
    std::string bytes;
    snapshot_writer to([&](std::string_view some) { bytes += some; }, 100);
    to.add(begin);
    const std::string content(100, 'x');
    to.add(snapshot::session{"1:den", 1, 1});
    CHECK_THROWS_AS(
        to.add(snapshot::message{1, 1, 0, "a", "ann", "Ann", "text", content}), std::length_error
    );
}

TEST_CASE("a snapshot that is cut off anywhere is refused") {
    for (const std::size_t payload : {80, 1000}) {
        const auto bytes = snapshot_bytes(add_all, payload);
        for (std::size_t n = 0; n < bytes.size(); ++n) {
            CAPTURE(n);
            CHECK(!flaw_of(bytes.substr(0, n)).empty());
        }
        CHECK(flaw_of(bytes).empty());
    }
}

TEST_CASE("a flipped bit anywhere is found") {
    for (const std::size_t payload : {80, 1000}) {
        auto bytes = snapshot_bytes(add_all, payload);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            for (int bit = 0; bit < 8; ++bit) {
                CAPTURE(i);
                bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
                CHECK(!flaw_of(bytes).empty());
                bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
            }
        }
        CHECK(flaw_of(bytes).empty());
    }
}

TEST_CASE("blocks that are missing, twice there or exchanged are found, and what is behind the end"
) {
    const auto bytes = snapshot_bytes(add_all, 80);
    const auto length_of_block = [&](std::size_t at) {
        return snapshot::block_head_bytes + static_cast<unsigned char>(bytes[at]);
    };
    const auto first = snapshot::head_bytes;
    const auto second = first + length_of_block(first);
    const auto third = second + length_of_block(second);
    CHECK(flaw_of(bytes.substr(0, second) + bytes.substr(third)).ends_with("checksum is wrong"));
    CHECK(!flaw_of(bytes.substr(0, third) + bytes.substr(second)).empty());
    CHECK(flaw_of(bytes + "x") == "damaged: something is behind its end");
    CHECK(flaw_of(bytes + bytes) == "damaged: something is behind its end");
}

TEST_CASE("another version is refused by its number, and what is no snapshot") {
    auto bytes = snapshot_bytes(add_all);
    bytes[snapshot::magic.size()] = 2;
    CHECK(flaw_of(bytes) == "written by another version of gim: its format is 2, this one reads 1");
    CHECK(flaw_of("") == "damaged: it does not begin as a snapshot does");
    CHECK(flaw_of("#!/bin/sh\nexit 1\n") == "damaged: it does not begin as a snapshot does");
}

TEST_CASE("a length is not believed") {
    auto bytes = snapshot_bytes(add_all);
    bytes.replace(snapshot::head_bytes, 4, "\xff\xff\xff\xff");
    std::size_t most = 0;
    const auto source = source_of(bytes);
    const auto read = gim::storage::read_snapshot(
        [&, source](std::span<char> space) mutable {
            most = std::max(most, space.size());
            return source(space);
        },
        [](const auto&) {}
    );
    CHECK(read.error().text == "damaged: block 0: too long");
    CHECK(most < 100);

    // In a block whose checksum is right.
    CHECK(
        flaw_of(with_payload(std::string(
            "\x01\xff\xff\xff\xff"
            "e",
            6
        ))) == "damaged: block 0: no record"
    );
    CHECK(flaw_of(with_payload(std::string("\x01", 1))) == "damaged: block 0: no record");
    CHECK(flaw_of(with_payload(std::string("\x63", 1))) == "damaged: block 0: no record");
    CHECK(flaw_of(with_payload(std::string("\0", 1))) == "damaged: block 0: no record");
}

TEST_CASE("records that make no sense are refused, though their bytes are whole") {
    using snapshot::occupancy;
    const snapshot::room den{"den", occupancy::kept};
    const snapshot::session session{"1:den", 9, 20};
    const snapshot::message good{8, 19, 0, "a", "ann", "Ann", "text", "hello"};
    CHECK(flaw({begin, den, snapshot::user{"ann", "Ann"}, session, good}).empty());

    CHECK(flaw({den}) == "damaged: block 0: no beginning");
    CHECK(flaw({}) == "damaged: block 0: no beginning");
    CHECK(flaw({begin, begin}) == "damaged: block 0: a second beginning");
    CHECK(!flaw({snapshot::beginning{"", 1}}).empty());
    CHECK(!flaw({snapshot::beginning{"\"", 1}}).empty());
    CHECK(!flaw({snapshot::beginning{std::string(33, 'a'), 1}}).empty());

    CHECK(!flaw({begin, snapshot::member{"ann"}}).empty());
    CHECK(!flaw({begin, snapshot::room{"a b", occupancy::kept}}).empty());
    CHECK(!flaw({begin, snapshot::room{"den", static_cast<occupancy>(2)}}).empty());
    CHECK(!flaw({begin, den, snapshot::member{""}}).empty());
    CHECK(!flaw({begin, snapshot::user{"ann", "Ann"}, den}).empty());
    CHECK(!flaw({begin, snapshot::user{"ann", "\xff"}}).empty());
    CHECK(!flaw({begin, snapshot::joined{"ann", "den", -1}}).empty());
    CHECK(!flaw({begin, snapshot::listed{"ann", "1:den", 1}}).empty());
    CHECK(!flaw({begin, snapshot::listed{"ann", "2:bob:carl", 1}}).empty());
    CHECK(!flaw({begin, snapshot::listed{"ann", "2:bob:ann", 1}}).empty());
    CHECK(!flaw({begin, snapshot::horizon{0, 0, std::int64_t{1} << 42}}).empty());
    CHECK(!flaw({begin, snapshot::horizon{~0ULL, 0, 0}}).empty());

    CHECK(!flaw({begin, good}).empty());
    CHECK(!flaw({begin, snapshot::session{"3:x", 1, 1}}).empty());
    CHECK(!flaw({begin, snapshot::session{"2:b:a", 1, 1}}).empty());
    CHECK(!flaw({begin, session, good, good}).empty());
    CHECK(!flaw({begin, session, snapshot::message{10, 19, 0, "a", "ann", "", "", ""}}).empty());
    CHECK(!flaw({begin, session, snapshot::message{1, 21, 0, "a", "ann", "", "", ""}}).empty());
    CHECK(!flaw({begin, session, snapshot::message{0, 1, 0, "a", "ann", "", "", ""}}).empty());
    CHECK(!flaw({begin, session, snapshot::message{1, 1, 0, "\"", "ann", "", "", ""}}).empty());
    CHECK(!flaw({begin, session, snapshot::message{1, 1, 0, "a", "", "", "", ""}}).empty());
    CHECK(!flaw({begin, session, snapshot::message{1, 1, 0, "a", "ann", "", "", "\xc3"}}).empty());

    const auto request = [](std::string_view id, std::uint64_t left) {
        return snapshot::request{"ann", "1:den", id, 1, "a", 1, 1, left};
    };
    CHECK(flaw({begin, request("r", 300'000)}).empty());
    CHECK(!flaw({begin, request("r r", 1)}).empty());
    CHECK(!flaw({begin, request("r", ~0ULL)}).empty());
    CHECK(!flaw({begin, snapshot::ending{1}}).empty());  // and another ending behind it
    CHECK(!flaw({begin, snapshot::ending{7}}).empty());
}
