#include "conformance/store_conformance.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using namespace gim::test;
using gim::model::session_id;
using gim::storage::message_draft;
using gim::storage::receipt;
using gim::storage::request_mark;

namespace {

const session_id lobby = session_id::room("lobby");
const session_id other = session_id::between("ann", "bob");

// A store only compares hashes, so any will do.
request_mark mark_of(std::string id, std::uint64_t content_hash = 7) {
    return {std::move(id), content_hash};
}

message_draft draft_of(request_mark request, std::string sender = "ann") {
    return {{std::move(sender), "Ann"}, "text", "hello", std::move(request)};
}

// Sends what is new, and returns what it was answered.
receipt send(
    tested_store& store,
    const session_id& session,
    message_draft draft,
    std::int64_t now_ms = 1000
) {
    auto added = store.try_append(session, std::move(draft), now_ms);
    REQUIRE(added.has_value());
    REQUIRE(added->message != nullptr);
    CHECK(added->message->id == added->answer.id);
    CHECK(added->message->sequence == added->answer.sequence);
    CHECK(added->message->created_at == added->answer.created_at);
    return std::move(added->answer);
}

// Sends a copy, which is answered like the first, and finds it, too.
void check_copy(
    tested_store& store,
    const session_id& session,
    const message_draft& draft,
    const receipt& first
) {
    const auto copy = store.try_append(session, draft, 9000);
    REQUIRE(copy.has_value());
    CHECK(copy->message == nullptr);
    CHECK(copy->answer.id == first.id);
    CHECK(copy->answer.sequence == first.sequence);
    CHECK(copy->answer.created_at == first.created_at);
    const auto found = store.find_request(session, draft.sender.id, *draft.request);
    REQUIRE(found.has_value());
    REQUIRE(found->has_value());
    CHECK((*found)->id == first.id);
    CHECK((*found)->sequence == first.sequence);
    CHECK((*found)->created_at == first.created_at);
}

void check_conflict(const auto& answer) {
    REQUIRE(answer.has_error());
    CHECK(answer.error().code == gim::model::status::conflict);
    CHECK(answer.error().message == "request_id: was given to a message with another content");
}

}  // namespace

TEST_CASE("a message without a request is answered with what it became, each time anew") {
    for_each_store([](tested_store& store) {
        const message_draft draft{{"ann", "Ann"}, "text", "hello"};
        CHECK(send(store, lobby, draft).sequence == 1);
        CHECK(send(store, lobby, draft).sequence == 2);
    });
}

TEST_CASE("a copy of a request is answered as the first, and is no message") {
    for_each_store([](tested_store& store) {
        const auto draft = draft_of(mark_of("r1"));
        const auto unknown = store.find_request(lobby, "ann", *draft.request);
        REQUIRE(unknown.has_value());
        CHECK_FALSE(unknown->has_value());
        const auto first = send(store, lobby, draft, 1234);
        CHECK(first.sequence == 1);
        CHECK(first.created_at == 1234);
        check_copy(store, lobby, draft, first);
        check_copy(store, lobby, draft, first);
        CHECK(store.history(lobby).items.size() == 1);
        CHECK(store.history(lobby).top_sequence == 1);
        CHECK(store.append(lobby, "next", 2000)->created_at == 2000);  // a copy's time is none
    });
}

TEST_CASE("a request with another content is refused, and the first stays known") {
    for_each_store([](tested_store& store) {
        const auto draft = draft_of(mark_of("r1", 7));
        const auto first = send(store, lobby, draft);
        const auto changed = draft_of(mark_of("r1", 8));
        check_conflict(store.try_append(lobby, changed));
        check_conflict(store.find_request(lobby, "ann", *changed.request));
        CHECK(store.history(lobby).items.size() == 1);
        check_copy(store, lobby, draft, first);
    });
}

TEST_CASE("contents are told apart by all bits of their hashes") {
    for_each_store([](tested_store& store) {
        const auto draft = draft_of(mark_of("r1", ~0ULL));
        const auto first = send(store, lobby, draft);
        check_copy(store, lobby, draft, first);
        check_conflict(store.find_request(lobby, "ann", mark_of("r1", ~1ULL)));
        check_conflict(store.find_request(lobby, "ann", mark_of("r1", ~0ULL >> 1)));
        check_conflict(store.find_request(lobby, "ann", mark_of("r1", 0)));
    });
}

TEST_CASE("the same id from another sender, or to another session, is another request") {
    for_each_store([](tested_store& store) {
        const auto draft = draft_of(mark_of("r1"));
        const auto first = send(store, lobby, draft);
        CHECK(send(store, lobby, draft_of(mark_of("r1"), "bob")).sequence == 2);
        CHECK(send(store, lobby, draft_of(mark_of("r1", 8), "an")).sequence == 3);
        CHECK(send(store, lobby, draft_of(mark_of("r2"))).sequence == 4);
        CHECK(send(store, lobby, draft_of(mark_of("R1"))).sequence == 5);
        CHECK(send(store, other, draft_of(mark_of("r1", 8))).sequence == 1);
        CHECK(send(store, session_id::room("lobb"), draft_of(mark_of("yr1"))).sequence == 1);
        check_copy(store, lobby, draft, first);
    });
}

TEST_CASE("a copy is known after many other messages, even if its own is gone") {
    for_each_store(3, [](tested_store& store) {
        const auto draft = draft_of(mark_of("r1"));
        const auto first = send(store, lobby, draft);
        for (int i = 0; i < 200; ++i) {
            send(store, lobby, draft_of(mark_of("other" + std::to_string(i))));
        }
        CHECK(store.history(lobby).items.size() == 3);
        check_copy(store, lobby, draft, first);
        CHECK(store.history(lobby).top_sequence == 201);
    });
}

TEST_CASE("a copy is known when its room was removed, and brings nothing back") {
    for_each_store([](tested_store& store) {
        store.add_member("lobby", "ann");
        const auto draft = draft_of(mark_of("r1"));
        const auto first = send(store, lobby, draft);
        CHECK(store.remove_room("lobby"));
        check_copy(store, lobby, draft, first);
        CHECK(store.history(lobby).items.empty());
    });
}
