#include "conformance/store_conformance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace gim::test;
using gim::model::session_id;
using gim::storage::session_cursor;

namespace {

using joined_rooms = std::vector<std::pair<std::string, std::int64_t>>;
using session_list = std::vector<std::pair<std::string, std::int64_t>>;

session_id with(std::string_view peer) {
    return session_id::between("ann", peer);
}

session_list texts_of(const std::vector<gim::storage::private_session>& sessions) {
    session_list result;
    for (const auto& item : sessions) {
        result.emplace_back(item.session.text(), item.updated_at);
    }
    return result;
}

}  // namespace

TEST_CASE("a user's list takes as many rooms as it may have, however many come at once") {
    for_each_store([](tested_store& store) {
        CHECK(store.list_at_once("ann", 8, 3) == 3);
        CHECK(store.rooms_of("ann").size() == 3);
        const auto refused = store.try_add_room_of("ann", "lobby", 3);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == gim::model::status::too_many);
        const auto listed = store.rooms_of("ann").front().first;
        CHECK(store.try_add_room_of("ann", listed, 1).has_value());
        store.remove_room_of("ann", listed);
        CHECK(store.try_add_room_of("ann", "lobby", 3).has_value());
        CHECK(store.try_add_room_of("ann", "arena", 0).has_value());
        CHECK(store.try_add_room_of("bob", "arena", 1).has_value());
    });
}

TEST_CASE("a user is found by id, and by the newest name") {
    for_each_store([](tested_store& store) {
        CHECK_FALSE(store.find_user("ann"));
        store.put_user("ann", "Ann");
        store.put_user("bob", "Bob");
        CHECK(store.find_user("ann") == gim::model::user{"ann", "Ann"});
        store.put_user("ann", "Anna");
        CHECK(store.find_user("ann") == gim::model::user{"ann", "Anna"});
        CHECK(store.find_user("bob") == gim::model::user{"bob", "Bob"});
    });
}

TEST_CASE("of names given to a new user at once the first is kept, and everybody hears which") {
    for_each_store([](tested_store& store) {
        std::vector<gim::model::user> names;
        for (int i = 0; i < 8; ++i) {
            names.push_back({"ann", "Ann " + std::to_string(i)});
        }
        const auto known = store.add_users_at_once(names);
        REQUIRE(store.find_user("ann"));
        const auto ann = *store.find_user("ann");
        CHECK(std::ranges::count(known, ann) == 8);
        CHECK(std::ranges::count(names, ann) == 1);
        store.put_user("ann", "Anna");
        CHECK(store.add_users_at_once(names).front().name == "Anna");
    });
}

TEST_CASE("a new name leaves the messages sent under the old one") {
    for_each_store([](tested_store& store) {
        store.put_user("ann", "Ann");
        store.append(with("bob"), "hello");
        store.put_user("ann", "Anna");
        CHECK(store.last_message(with("bob"))->sender.name == "Ann");
    });
}

TEST_CASE("a user's rooms are sorted by id and tell when each was joined") {
    for_each_store([](tested_store& store) {
        store.add_room_of("ann", "b", 20);
        store.add_room_of("ann", "a", 30);
        store.add_room_of("bob", "c", 40);
        CHECK(store.rooms_of("ann") == joined_rooms{{"a", 30}, {"b", 20}});
        CHECK(store.rooms_of("bob") == joined_rooms{{"c", 40}});
        CHECK(store.rooms_of("zoe").empty());
    });
}

TEST_CASE("joining twice keeps the first time, joining again after leaving does not") {
    for_each_store([](tested_store& store) {
        store.add_room_of("ann", "a", 10);
        store.add_room_of("ann", "a", 20);
        CHECK(store.rooms_of("ann") == joined_rooms{{"a", 10}});
        store.remove_room_of("ann", "a");
        store.remove_room_of("ann", "a");
        store.remove_room_of("zoe", "a");
        CHECK(store.rooms_of("ann").empty());
        store.add_room_of("ann", "a", 30);
        CHECK(store.rooms_of("ann") == joined_rooms{{"a", 30}});
    });
}

TEST_CASE("private sessions are listed newest first") {
    for_each_store([](tested_store& store) {
        store.touch("ann", with("bob"), 10);
        store.touch("ann", with("eve"), 30);
        store.touch("ann", with("cat"), 20);
        store.touch("bob", with("bob"), 10);
        CHECK(
            texts_of(store.private_sessions("ann")) ==
            session_list{{"2:ann:eve", 30}, {"2:ann:cat", 20}, {"2:ann:bob", 10}}
        );
        CHECK(texts_of(store.private_sessions("bob")) == session_list{{"2:ann:bob", 10}});
        CHECK(store.private_sessions("zoe").empty());
    });
}

TEST_CASE("a touched session moves, and is listed once") {
    for_each_store([](tested_store& store) {
        store.touch("ann", with("bob"), 10);
        store.touch("ann", with("cat"), 20);
        store.touch("ann", with("bob"), 30);
        CHECK(
            texts_of(store.private_sessions("ann")) ==
            session_list{{"2:ann:bob", 30}, {"2:ann:cat", 20}}
        );
        store.touch("ann", with("bob"), 30);
        store.touch("ann", with("cat"), 20);
        CHECK(store.private_sessions("ann").size() == 2);
    });
}

TEST_CASE("a session is not moved back by a touch that comes late") {
    for_each_store([](tested_store& store) {
        store.touch("ann", with("bob"), 30);
        store.touch("ann", with("cat"), 20);
        store.touch("ann", with("bob"), 5);
        CHECK(
            texts_of(store.private_sessions("ann")) ==
            session_list{{"2:ann:bob", 30}, {"2:ann:cat", 20}}
        );
    });
}

TEST_CASE("sessions of one time are listed by falling id, and a cursor continues among them") {
    for_each_store([](tested_store& store) {
        for (const char* peer : {"cat", "bob", "eve", "dan"}) {
            store.touch("ann", with(peer), 10);
        }
        store.touch("ann", with("old"), 9);
        const auto first = store.private_sessions("ann", std::nullopt, 2);
        CHECK(texts_of(first) == session_list{{"2:ann:eve", 10}, {"2:ann:dan", 10}});
        const session_cursor cursor{10, with("dan")};
        CHECK(
            texts_of(store.private_sessions("ann", cursor)) ==
            session_list{{"2:ann:cat", 10}, {"2:ann:bob", 10}, {"2:ann:old", 9}}
        );
        const session_cursor last{9, with("old")};
        CHECK(store.private_sessions("ann", last).empty());
    });
}

TEST_CASE("a cursor holds its place when its session has moved") {
    for_each_store([](tested_store& store) {
        store.touch("ann", with("bob"), 10);
        store.touch("ann", with("cat"), 20);
        store.touch("ann", with("dan"), 30);
        const session_cursor behind_cat{20, with("cat")};
        store.touch("ann", with("cat"), 40);
        CHECK(
            texts_of(store.private_sessions("ann", behind_cat)) == session_list{{"2:ann:bob", 10}}
        );
    });
}

TEST_CASE("pages walk through many sessions without gap or repetition") {
    for_each_store([](tested_store& store) {
        session_list all;
        for (int i = 100; i < 400; ++i) {
            const session_id session = with("peer" + std::to_string(i));
            store.touch("ann", session, i / 10);
            all.emplace_back(session.text(), i / 10);
        }
        std::reverse(all.begin(), all.end());
        session_list seen;
        std::optional<session_cursor> cursor;
        for (;;) {
            const auto page = texts_of(store.private_sessions("ann", cursor, 7));
            if (page.empty()) {
                break;
            }
            seen.insert(seen.end(), page.begin(), page.end());
            cursor =
                session_cursor{seen.back().second, session_id::parse(seen.back().first).value()};
        }
        CHECK(seen == all);
    });
}

TEST_CASE("the list says when a private session was updated, and nothing of one that is not in it"
) {
    for_each_store([](tested_store& store) {
        CHECK_FALSE(store.private_session_time("ann", with("bob")));
        store.touch("ann", with("bob"), 10);
        store.touch("ann", with("cat"), 20);
        CHECK(store.private_session_time("ann", with("bob")) == 10);
        store.touch("ann", with("bob"), 30);
        CHECK(store.private_session_time("ann", with("bob")) == 30);
        CHECK_FALSE(store.private_session_time("ann", with("dan")));
        CHECK_FALSE(store.private_session_time("bob", with("bob")));
    });
}

TEST_CASE("a page begins behind any cursor, also one that no list ever gave") {
    for_each_store([](tested_store& store) {
        store.touch("ann", with("bob"), 10);
        const auto begin_at = [&](std::int64_t time, const char* peer) {
            return store.private_sessions("ann", session_cursor{time, with(peer)}).size();
        };
        using limits = std::numeric_limits<std::int64_t>;
        CHECK(begin_at(limits::max(), "x") == 1);
        CHECK(begin_at(limits::min(), "x") == 0);
        CHECK(begin_at(11, "a") == 1);
        CHECK(begin_at(10, "c") == 1);
        CHECK(begin_at(10, "bob") == 0);
        CHECK(begin_at(10, "a") == 0);
        CHECK(begin_at(-1, "x") == 0);
    });
}
