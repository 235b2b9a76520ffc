#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace gim::test;
using gim::protocol::session_id;

namespace {

std::vector<std::string> texts(const gim::protocol::sessions_reply& list) {
    std::vector<std::string> out;
    for (const auto& item : list.items) {
        out.push_back(item.session.text());
    }
    return out;
}

}  // namespace

TEST_CASE("sessions come newest first, rooms and private ones together, with titles") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.connect();
        REQUIRE(s.login(bob, {"bob", "Bobby"}));
        s.log_in("carl");
        REQUIRE(s.join(ann, "lobby"));
        s.clock_ms += 10;
        REQUIRE(s.send_to_user(ann, "carl", "1"));
        s.clock_ms += 10;
        REQUIRE(s.join(ann, "quiet"));
        s.clock_ms += 10;
        REQUIRE(s.send_to_user(bob, "ann", "2"));
        CHECK(
            texts(*s.sessions(ann, {})) ==
            std::vector<std::string>{"2:ann:bob", "1:quiet", "2:ann:carl", "1:lobby"}
        );
        s.clock_ms += 10;
        REQUIRE(s.send_to_room(ann, "lobby", "3"));
        const auto list = s.sessions(ann, {});
        CHECK(
            texts(*list) ==
            std::vector<std::string>{"1:lobby", "2:ann:bob", "1:quiet", "2:ann:carl"}
        );
        CHECK_FALSE(list->has_more);
        std::vector<std::string> titles;
        for (const auto& item : list->items) {
            titles.push_back(item.title);
        }
        CHECK(titles == std::vector<std::string>{"lobby", "Bobby", "quiet", "carl"});
        CHECK(list->items[0].last_message->content == "3");
        CHECK(list->items[0].updated_at == s.clock_ms);
        CHECK(list->items[1].last_message->content == "2");
        CHECK_FALSE(list->items[2].last_message);
        CHECK(texts(*s.sessions(bob, {})) == std::vector<std::string>{"2:ann:bob"});
        REQUIRE(s.leave(ann, "lobby"));
        CHECK(s.sessions(ann, {})->items.size() == 3);
    }
}

TEST_CASE("a list longer than a page goes on behind its last session, whatever its kind") {
    for (const auto workers : worker_counts) {
        for (const int step : {10, 0}) {  // 0: all at one time, ordered by their ids
            CAPTURE(workers);
            CAPTURE(step);
            running_server s(workers);
            auto& ann = s.log_in("ann");
            for (int i = 0; i < 9; ++i) {
                const auto name = std::string("x") + std::to_string(i);
                s.log_in(name);
                s.clock_ms += step;
                if (i % 2 == 0) {
                    REQUIRE(s.send_to_user(ann, name, "hi"));
                } else {
                    REQUIRE(s.join(ann, name));
                    REQUIRE(s.send_to_room(ann, name, "hi"));
                }
            }
            const auto whole = texts(*s.sessions(ann, {}));
            REQUIRE(whole.size() == 9);
            for (const std::size_t limit : {1U, 2U, 4U, 9U}) {
                CAPTURE(limit);
                std::vector<std::string> seen;
                std::optional<session_id> after;
                bool has_more = true;
                while (has_more) {
                    const auto page = s.sessions(ann, {after, limit});
                    REQUIRE(page);
                    REQUIRE(!page->items.empty());
                    REQUIRE(page->items.size() <= limit);
                    for (auto& text : texts(*page)) {
                        seen.push_back(std::move(text));
                    }
                    after = session_id::parse(seen.back());
                    has_more = page->has_more;
                }
                CHECK(seen == whole);
            }
        }
    }
}

TEST_CASE("a list cannot go on behind a session that is not in it") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        s.log_in("carl");
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.send_to_user(bob, "carl", "hi"));
        for (const auto& other :
             {session_id::room("lobby"),
              session_id::room("nowhere"),
              session_id::between("bob", "carl"),
              session_id::between("ann", "bob")}) {
            const auto page = s.sessions(ann, {other, 50});
            CHECK(code_of(page) == 400);
            CHECK(page.error().message.starts_with("after:"));
        }
    }
}
