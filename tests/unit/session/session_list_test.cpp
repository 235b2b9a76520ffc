#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace gim::test;
using gim::model::parse_session_cursor;
using gim::model::session_cursor;
using gim::model::session_id;
using gim::model::sessions_request;

namespace {

std::vector<std::string> texts(const gim::model::sessions_reply& list) {
    std::vector<std::string> out;
    for (const auto& item : list.items) {
        out.push_back(item.session.text());
    }
    return out;
}

// Stores that together keep few of the messages that a test sends.
std::unique_ptr<gim::storage::store>
small_stores(gim::worker::worker& home, std::unique_ptr<gim::storage::store>) {
    gim::storage::memory_store_options options;
    options.epoch = "e";
    options.worker = static_cast<unsigned>(home.index());
    options.most.history_bytes = 16'000;
    return std::make_unique<gim::storage::memory_store>(options);
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
        CHECK_FALSE(list->next);
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
                for (const bool by_id : {false, true}) {  // as clients did before there was `next`
                    std::vector<std::string> seen;
                    sessions_request request{{}, limit};
                    bool has_more = true;
                    while (has_more) {
                        const auto page = s.sessions(ann, request);
                        REQUIRE(page);
                        REQUIRE(!page->items.empty());
                        REQUIRE(page->items.size() <= limit);
                        for (auto& text : texts(*page)) {
                            seen.push_back(std::move(text));
                        }
                        has_more = page->next.has_value();
                        if (by_id) {
                            request.after = page->items.back().session;
                        } else if (has_more) {
                            request.after = parse_session_cursor(*page->next);
                            REQUIRE(request.after);
                        }
                    }
                    CHECK(seen == whole);
                }
            }
        }
    }
}

TEST_CASE("a list goes on behind a session that got a message, and behind what was behind it") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        for (int i = 0; i < 8; ++i) {
            const auto name = "u" + std::to_string(i);
            s.log_in(name);
            s.clock_ms += 10;
            REQUIRE(s.send_to_user(ann, name, "hi"));
        }
        std::vector<std::string> seen;
        sessions_request request{{}, 3};
        for (int page = 0; page < 3; ++page) {
            const auto got = s.sessions(ann, request);
            REQUIRE(got);
            for (const auto& text : texts(*got)) {
                seen.push_back(text);
            }
            REQUIRE(got->next.has_value() == (page < 2));
            if (got->next) {
                request.after = parse_session_cursor(*got->next);
                s.clock_ms += 10;
                const auto last = got->items.back().session;
                REQUIRE(s.send_to_user(ann, std::string(last.other_party("ann")), "again"));
            }
        }
        CHECK(
            seen ==
            std::vector<std::string>{
                "2:ann:u7",
                "2:ann:u6",
                "2:ann:u5",
                "2:ann:u4",
                "2:ann:u3",
                "2:ann:u2",
                "2:ann:u1",
                "2:ann:u0"}
        );
    }
}

TEST_CASE("a list goes on behind sessions whose messages were evicted, by next and by id") {
    for (const auto workers : worker_counts) {
        for (const bool by_id : {false, true}) {
            CAPTURE(workers);
            CAPTURE(by_id);
            running_server s(workers, {}, 0, 8, {.sends_of_user = {}}, {}, {}, small_stores);
            auto& ann = s.log_in("ann");
            const std::string large(7'000, 'x');
            for (int i = 0; i < 12; ++i) {
                const auto name = "p" + std::to_string(10 + i);
                s.log_in(name);
                s.clock_ms += 10;
                REQUIRE(s.send_to_user(ann, name, large));
            }
            std::vector<std::string> seen;
            sessions_request request{{}, 2};
            for (int page = 0; page < 20; ++page) {
                const auto got = s.sessions(ann, request);
                REQUIRE(got);
                for (const auto& text : texts(*got)) {
                    seen.push_back(text);
                }
                if (!got->next) {
                    break;
                }
                if (by_id) {
                    request.after = got->items.back().session;
                } else {
                    request.after = parse_session_cursor(*got->next);
                }
            }
            CHECK(!seen.empty());
            CHECK(seen == texts(*s.sessions(ann, {{}, 50})));
        }
    }
}

TEST_CASE("no cursor is an error: neither of a session that is gone, nor of another epoch") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        s.clock_ms += 10;
        REQUIRE(s.send_to_user(ann, "bob", "hi"));
        const auto first = s.sessions(ann, {{}, 1});
        REQUIRE(first);
        REQUIRE(first->next);
        const auto next = parse_session_cursor(*first->next);
        REQUIRE(s.leave(ann, "lobby"));
        CHECK(texts(*s.sessions(ann, {next, 1})).empty());
        const session_cursor end{std::numeric_limits<std::int64_t>::min(), session_id::room("x")};
        CHECK(texts(*s.sessions(ann, {end, 1})).empty());
        const session_cursor top{std::numeric_limits<std::int64_t>::max(), session_id::room("x")};
        CHECK(texts(*s.sessions(ann, {top, 1})) == std::vector<std::string>{"2:ann:bob"});
        const session_cursor foreign{s.clock_ms + 1, session_id::between("bob", "carl")};
        CHECK(texts(*s.sessions(ann, {foreign, 1})) == std::vector<std::string>{"2:ann:bob"});
    }
}

TEST_CASE("behind a session that has left the list it begins again, behind others' never") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        s.log_in("carl");
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.send_to_user(bob, "carl", "hi"));
        REQUIRE(s.send_to_user(ann, "carl", "hi"));
        for (const auto& gone :
             {session_id::room("lobby"),
              session_id::room("nowhere"),
              session_id::between("ann", "bob")}) {
            CHECK(texts(*s.sessions(ann, {gone, 50})) == std::vector<std::string>{"2:ann:carl"});
        }
        const auto page = s.sessions(ann, {session_id::between("bob", "carl"), 50});
        CHECK(code_of(page) == 400);
        CHECK(page.error().message == "after: not one of your sessions");
    }
}
