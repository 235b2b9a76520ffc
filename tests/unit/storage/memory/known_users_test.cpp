#include "storage/memory/known_users.hpp"

#include "support/one_limit.hpp"
#include "support/snapshot_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <variant>

using namespace std::chrono_literals;
using gim::model::user;
using gim::storage::known_users;
using gim::test::one_limit;
using reason = known_users::reason;

namespace {

constexpr known_users::clock::time_point start{};

struct some_users {
    explicit some_users(std::size_t most, known_users::clock::duration silence = 0s)
        : limit(most), all(limit.share(), silence, [this] { ++forgotten; }) {}

    bool put(std::string_view id, known_users::clock::duration at = 0s) {
        return all.put({std::string(id), std::string(id)}, start + at).has_value();
    }
    bool has(std::string_view id, known_users::clock::duration at = 0s) const {
        return all.find(id, start + at).has_value();
    }

    one_limit limit;
    std::size_t forgotten = 0;
    known_users all;
};

}  // namespace

TEST_CASE("a user who is offline, in no room and in no session is forgotten after the silence") {
    some_users s(0, 10s);
    CHECK(s.put("ann", 0s));
    CHECK(s.put("bob", 5s));
    CHECK(s.has("ann", 10s - 1ns));
    CHECK_FALSE(s.has("ann", 10s));
    CHECK(s.put("cat", 12s));
    CHECK(s.forgotten == 1);
    CHECK(s.all.size() == 2);
    CHECK(s.has("bob", 12s));
}

TEST_CASE("a user who is online or listed is not forgotten, and the silence begins when both end") {
    some_users s(0, 10s);
    s.put("ann");
    s.all.keep("ann", reason::online);
    s.all.keep("ann", reason::listed);
    CHECK(s.has("ann", 100s));
    CHECK(s.all.idle() == 0);
    s.all.release("ann", reason::online, start + 100s);
    CHECK(s.has("ann", 200s));
    s.all.release("ann", reason::listed, start + 200s);
    s.all.release("ann", reason::listed, start + 205s);
    CHECK(s.all.idle() == 1);
    CHECK(s.has("ann", 209s));
    CHECK_FALSE(s.has("ann", 210s));
    s.all.forget_silent(start + 210s);
    CHECK(s.all.size() == 0);
    CHECK(s.limit.all.used() == 0);
}

TEST_CASE("a new user replaces the one that is idle for longest, and is refused if none is idle") {
    some_users s(2);
    CHECK(s.put("ann", 1s));
    CHECK(s.put("bob", 2s));
    s.all.keep("ann", reason::online);
    s.all.release("ann", reason::online, start + 3s);
    CHECK(s.put("cat", 4s));
    CHECK_FALSE(s.has("bob"));
    CHECK(s.forgotten == 1);
    s.all.keep("ann", reason::online);
    s.all.keep("cat", reason::listed);
    CHECK_FALSE(s.put("dan", 5s));
    CHECK(s.put("ann", 5s));  // who is known already
    CHECK(s.all.size() == 2);
    CHECK(s.limit.all.used() == 2);
}

TEST_CASE("who is kept and not known is added, by the id") {
    some_users s(1);
    s.all.keep("ann", reason::listed);
    CHECK(s.all.find("ann", start) == user{"ann", "ann"});
    CHECK_FALSE(s.put("bob"));
    s.all.release("nobody", reason::listed, start);
    s.all.release("ann", reason::listed, start);
    CHECK(s.put("bob"));
}

TEST_CASE("a reader with less space leaves out those who are idle for longest") {
    some_users old(0);
    for (const auto* id : {"ann", "bob", "cat", "dan"}) {
        old.put(id);
    }
    old.all.keep("ann", reason::listed);
    some_users now(3);
    const auto bytes = gim::test::snapshot_bytes([&](gim::storage::snapshot_writer& to) {
        to.add(gim::storage::snapshot::beginning{"e", 1});
        old.all.save(to);
    });
    const auto read = gim::storage::read_snapshot(gim::test::source_of(bytes), [&](const auto& r) {
        if (const auto* one = std::get_if<gim::storage::snapshot::user>(&r)) {
            now.all.restore(*one, start);
        }
    });
    CHECK(read.has_value());
    CHECK(now.has("ann"));
    CHECK_FALSE(now.has("bob"));
    CHECK(now.has("cat"));
    CHECK(now.has("dan"));
    now.all.keep("ann", reason::listed);
    CHECK(now.put("eve", 1s));
    CHECK_FALSE(now.has("cat"));
    CHECK(now.has("dan"));
}
