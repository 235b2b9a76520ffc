#include "conformance/store_conformance.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace gim::test;

namespace {

using id_list = std::vector<std::string>;

id_list ids_of(const std::vector<gim::storage::room_record>& rooms) {
    id_list ids;
    for (const auto& room : rooms) {
        ids.push_back(room.id);
    }
    return ids;
}

}  // namespace

TEST_CASE("the first member makes the room") {
    for_each_store([](tested_store& store) {
        CHECK_FALSE(store.find_room("lobby"));
        CHECK(store.add_member("lobby", "ann"));
        const auto room = store.find_room("lobby");
        REQUIRE(room);
        CHECK(room->id == "lobby");
        CHECK(room->members == 1);
    });
}

TEST_CASE("adding a member twice changes nothing") {
    for_each_store([](tested_store& store) {
        CHECK(store.add_member("lobby", "ann"));
        CHECK_FALSE(store.add_member("lobby", "ann"));
        CHECK(store.find_room("lobby")->members == 1);
        CHECK(store.members("lobby").ids == id_list{"ann"});
    });
}

TEST_CASE("removing a member twice changes nothing") {
    for_each_store([](tested_store& store) {
        store.add_member("lobby", "ann");
        store.add_member("lobby", "bob");
        CHECK(store.remove_member("lobby", "ann"));
        CHECK_FALSE(store.remove_member("lobby", "ann"));
        CHECK_FALSE(store.is_member("lobby", "ann"));
        CHECK(store.is_member("lobby", "bob"));
        CHECK(store.add_member("lobby", "ann"));
    });
}

TEST_CASE("a room stays, with its messages, when the last member goes") {
    for_each_store([](tested_store& store) {
        const auto session = gim::model::session_id::room("lobby");
        store.add_member("lobby", "ann");
        store.append(session, "hello");
        store.remove_member("lobby", "ann");
        REQUIRE(store.find_room("lobby"));
        CHECK(store.find_room("lobby")->members == 0);
        CHECK(ids_of(store.rooms()) == id_list{"lobby"});
        CHECK(store.history(session).items.size() == 1);
    });
}

TEST_CASE("a room that nobody made has no members, and asking does not make it") {
    for_each_store([](tested_store& store) {
        CHECK_FALSE(store.is_member("lobby", "ann"));
        CHECK_FALSE(store.remove_member("lobby", "ann"));
        const auto page = store.members("lobby");
        CHECK(page.ids.empty());
        CHECK(page.total == 0);
        CHECK_FALSE(page.has_more);
        CHECK_FALSE(store.find_room("lobby"));
        CHECK(store.rooms().empty());
    });
}

TEST_CASE("members are paged by id, as bytes compare") {
    for_each_store([](tested_store& store) {
        for (const char* user : {"bob", "Zoe", "ann", "10", "9", "bobby"}) {
            store.add_member("lobby", user);
        }
        const auto first = store.members("lobby", "", 4);
        CHECK(first.ids == id_list{"10", "9", "Zoe", "ann"});
        CHECK(first.total == 6);
        CHECK(first.has_more);
        const auto second = store.members("lobby", "ann", 4);
        CHECK(second.ids == id_list{"bob", "bobby"});
        CHECK(second.total == 6);
        CHECK_FALSE(second.has_more);
        CHECK_FALSE(store.members("lobby", "ann", 2).has_more);
        CHECK(store.members("lobby", "ann", 1).has_more);
    });
}

TEST_CASE("a page of members may begin behind an id that is not there") {
    for_each_store([](tested_store& store) {
        for (const char* user : {"a", "c", "e"}) {
            store.add_member("lobby", user);
        }
        CHECK(store.members("lobby", "b").ids == id_list{"c", "e"});
        CHECK(store.members("lobby", "z").ids.empty());
    });
}

TEST_CASE("pages walk through a large room without gap or repetition") {
    for_each_store([](tested_store& store) {
        id_list all;
        for (int i = 1000; i < 1500; ++i) {
            all.push_back("user" + std::to_string(i));
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            store.add_member("lobby", all[i * 7 % all.size()]);
        }
        id_list seen;
        std::string after;
        for (bool more = true; more;) {
            const auto page = store.members("lobby", after, 33);
            REQUIRE_FALSE(page.ids.empty());
            seen.insert(seen.end(), page.ids.begin(), page.ids.end());
            after = seen.back();
            more = page.has_more;
        }
        CHECK(seen == all);
    });
}

TEST_CASE("rooms are paged by id with their members counted") {
    for_each_store([](tested_store& store) {
        for (const char* room : {"c", "a", "d", "b"}) {
            store.add_member(room, "ann");
        }
        store.add_member("b", "bob");
        CHECK(ids_of(store.rooms("", 3)) == id_list{"a", "b", "c"});
        CHECK(ids_of(store.rooms("c", 3)) == id_list{"d"});
        CHECK(store.rooms("d", 3).empty());
        CHECK(store.rooms("a", 1).at(0).members == 2);
    });
}

TEST_CASE("a room can be made without members; making it twice changes nothing") {
    for_each_store([](tested_store& store) {
        CHECK(store.create_room("lobby"));
        CHECK_FALSE(store.create_room("lobby"));
        REQUIRE(store.find_room("lobby"));
        CHECK(store.find_room("lobby")->members == 0);
        CHECK(ids_of(store.rooms()) == id_list{"lobby"});
        CHECK(store.add_member("lobby", "ann"));
        CHECK_FALSE(store.create_room("lobby"));
        CHECK(store.find_room("lobby")->members == 1);
    });
}

TEST_CASE("removing a room gives its members, and leaves nothing of it but its last sequence") {
    for_each_store([](tested_store& store) {
        const auto session = gim::model::session_id::room("lobby");
        store.add_member("lobby", "bob");
        store.add_member("lobby", "ann");
        store.add_member("other", "ann");
        store.append(session, "one");
        store.append(session, "two");
        const auto members = store.remove_room("lobby");
        REQUIRE(members);
        CHECK(*members == id_list{"ann", "bob"});
        CHECK_FALSE(store.find_room("lobby"));
        CHECK_FALSE(store.is_member("lobby", "ann"));
        CHECK(store.members("lobby").ids.empty());
        CHECK(ids_of(store.rooms()) == id_list{"other"});
        CHECK(store.history(session).items.empty());
        CHECK(store.history(session).top_sequence == 2);
        CHECK(store.last_message(session) == nullptr);
        CHECK_FALSE(store.remove_room("lobby"));
        CHECK(store.is_member("other", "ann"));

        CHECK(store.add_member("lobby", "carl"));
        CHECK(store.find_room("lobby")->members == 1);
        CHECK(store.append(session, "three")->sequence == 3);
    });
}

TEST_CASE("a room without messages can be removed") {
    for_each_store([](tested_store& store) {
        store.create_room("lobby");
        CHECK(store.remove_room("lobby") == id_list{});
        CHECK_FALSE(store.remove_room("lobby"));
        CHECK(store.rooms().empty());
    });
}

TEST_CASE("a room takes as many members as it may have, however many join at once") {
    for_each_store([](tested_store& store) {
        CHECK(store.add_at_once("lobby", 40, 5) == 5);
        CHECK(store.find_room("lobby")->members == 5);
        const auto refused = store.try_add_member("lobby", "ann", 5);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == gim::model::status::too_many);
        CHECK_FALSE(store.is_member("lobby", "ann"));
        // A member stays one, whatever the limit is now.
        const auto inside = store.members("lobby").ids.front();
        CHECK_FALSE(unwrap(store.try_add_member("lobby", inside, 1)));
        CHECK(store.remove_member("lobby", inside));
        CHECK(unwrap(store.try_add_member("lobby", "ann", 5)));
        CHECK(unwrap(store.try_add_member("lobby", "bob", 0)));
        CHECK(unwrap(store.try_add_member("other", "bob", 1)));
    });
}

// --- senders who must be members

namespace {

const gim::model::session_id lobby = gim::model::session_id::room("lobby");

gim::storage::message_draft of_member(std::string sender, std::string request = {}) {
    gim::storage::message_draft draft{{std::move(sender), "Name"}, "text", "hello"};
    draft.must_be_member = true;
    if (!request.empty()) {
        draft.request = gim::storage::request_mark{std::move(request), 7};
    }
    return draft;
}

bool is_refused_as_no_member(tested_store& store, const gim::storage::message_draft& draft) {
    const auto refused = store.try_append(lobby, draft);
    return refused.has_error() && refused.error().code == gim::model::status::forbidden;
}

}  // namespace

TEST_CASE("who must be a member, and is none, appends nothing") {
    for_each_store([](tested_store& store) {
        CHECK(is_refused_as_no_member(store, of_member("ann")));  // there is no such room
        store.add_member("lobby", "bob");
        CHECK(is_refused_as_no_member(store, of_member("ann")));
        CHECK(is_refused_as_no_member(store, of_member("ann", "r1")));
        CHECK(store.history(lobby).top_sequence == 0);
        store.add_member("lobby", "ann");
        CHECK(store.try_append(lobby, of_member("ann"))->answer.sequence == 1);
        CHECK(store.try_append(lobby, of_member("ann", "r1"))->answer.sequence == 2);
        store.remove_member("lobby", "ann");
        CHECK(is_refused_as_no_member(store, of_member("ann")));
        CHECK(store.try_append(lobby, of_member("bob"))->answer.sequence == 3);
        store.remove_room("lobby");
        CHECK(is_refused_as_no_member(store, of_member("bob")));
        CHECK(store.history(lobby).top_sequence == 3);
    });
}

TEST_CASE("who need be no member appends in any room") {
    for_each_store([](tested_store& store) {
        store.create_room("lobby");
        CHECK(store.append(lobby, "from outside")->sequence == 1);
    });
}

TEST_CASE("a copy of a request is answered to one who is no member any more") {
    for_each_store([](tested_store& store) {
        store.add_member("lobby", "ann");
        const auto first = store.try_append(lobby, of_member("ann", "r1"));
        REQUIRE(first.has_value());
        store.remove_member("lobby", "ann");
        const auto copy = store.try_append(lobby, of_member("ann", "r1"));
        REQUIRE(copy.has_value());
        CHECK(copy->message == nullptr);
        CHECK(copy->answer.id == first->answer.id);
        auto changed = of_member("ann", "r1");
        changed.request->content_hash = 8;
        const auto conflict = store.try_append(lobby, changed);
        REQUIRE(conflict.has_error());
        CHECK(conflict.error().code == gim::model::status::conflict);
    });
}
