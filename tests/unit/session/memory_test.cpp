// What happens when as much waits at both doors as may.
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace gim::test;
using namespace gim::model;
using gim::push::batch_mode;
using gim::stats::event;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t limit = 1024 * 1024;

void use_up(running_server& s) {
    s.memory.set_limit(limit);
    s.memory.take(limit);
}

std::size_t pending_in(running_server& s, const std::string& room) {
    auto& home = s.all.home_of(session_id::room(room));
    std::size_t pending = 0;
    call_on(home.thread, [&] {
        const auto now = gim::push::batch::clock::now();
        home.rooms.visit(0, home.rooms.places(), now, [&](const auto& r) { pending += r.pending; });
    });
    return pending;
}

}  // namespace

TEST_CASE("without memory what makes more wait gets 503 and counts, and the rest goes on") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        auto& ann = s.log_in("ann");
        s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.send_to_user(ann, "bob", "before"));
        REQUIRE(s.send_to_room(ann, "lobby", "before"));
        s.settle();
        struct row {
            const char* name;
            std::function<int()> code;
        };
        const std::vector<row> rows = {
            {"a private send", [&] { return code_of(s.send_to_user(ann, "bob", "x")); }},
            {"a send to a room", [&] { return code_of(s.send_to_room(ann, "lobby", "x")); }},
            {"history",
             [&] {
                 return code_of(s.history(ann, {session_id::room("lobby"), {}}));
             }},
            {"sessions", [&] { return code_of(s.sessions(ann, {})); }},
            {"members",
             [&] {
                 return code_of(s.members(ann, {"lobby", {}}));
             }},
        };
        s.memory.set_limit(limit);
        s.memory.take(limit / 2);
        for (const auto& r : rows) {
            CAPTURE(r.name);
            CHECK(r.code() == 0);  // not all of it is used
        }
        s.settle();
        CHECK(s.pool.count(event::refused_memory) == 0);
        s.memory.take(limit / 2);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            CAPTURE(rows[i].name);
            CHECK(rows[i].code() == 503);
            CHECK(s.pool.count(event::refused_memory) == i + 1);
        }
        CHECK(s.join(ann, "other"));
        CHECK(s.leave(ann, "other"));
        s.log_in("eve");
        CHECK(s.pool.count(event::refused_memory) == rows.size());
        s.memory.give_back(limit / 2);
        for (const auto& r : rows) {
            CAPTURE(r.name);
            CHECK(r.code() == 0);
        }
    }
}

TEST_CASE("without a limit nothing is refused, however much waits") {
    running_server s(1);
    auto& ann = s.log_in("ann");
    s.log_in("bob");
    s.memory.take(std::size_t{1} << 50);
    CHECK(s.send_to_user(ann, "bob", "x"));
    CHECK(s.sessions(ann, {}));
    CHECK(s.pool.count(event::refused_memory) == 0);
}

TEST_CASE("what is due in a room waits there for memory, and is pushed when there is some") {
    for (const auto workers : worker_counts) {
        for (const auto flush_limit : {std::size_t{0}, std::size_t{1}}) {
            CAPTURE(workers);
            CAPTURE(flush_limit);
            running_server s(workers, {batch_mode::full, 1, 1ms}, flush_limit);
            auto& ann = s.log_in("ann");
            REQUIRE(s.join(ann, "lobby"));
            s.settle();
            use_up(s);
            // Due at once. A send would get 503, so the message comes in behind that.
            const auto room = session_id::room("lobby");
            auto& home = s.all.home_of(room);
            for (const auto i : {std::uint64_t{1}, std::uint64_t{2}}) {
                auto m = std::make_shared<const message>(message{
                    "m" + std::to_string(i), {"ann", "ann"}, "text", "x", i, 0, 0});
                call_on(home.thread, [&] { home.rooms.add(room, m); });
            }
            s.settle();
            CHECK(pending_in(s, "lobby") == 2);
            CHECK(ann.take().empty());
            s.memory.give_back(limit);
            const auto got = ann.take_at_least(2);
            REQUIRE(got.size() == 2);
            CHECK(got[0].sequences == std::vector<std::uint64_t>{1});
            CHECK(got[1].sequences == std::vector<std::uint64_t>{2});
            CHECK(pending_in(s, "lobby") == 0);
        }
    }
}
