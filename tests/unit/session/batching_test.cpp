#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace gim::test;
using gim::push::batch_mode;
using namespace std::chrono_literals;

TEST_CASE("latest: 100 messages in one interval are pushed as the newest n, 100-n skipped") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers, {batch_mode::latest, 3, 1s});
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        const auto who = ann.caller();
        // In one go, so that they are in one interval on a slow machine too.
        run_on(ann.home, [&]() -> boost::asio::awaitable<void> {
            for (int i = 1; i <= 100; ++i) {
                const gim::model::send_request r{
                    gim::model::session_type::room, "lobby", "text", std::to_string(i)};
                auto sent = co_await s.services.sends.send(who, r);
                if (!sent) {
                    throw std::runtime_error(sent.error().message);
                }
            }
        });
        for (auto* d : {&ann, &bob}) {
            const auto got = d->take_at_least(1);
            REQUIRE(got.size() == 1);
            CHECK(got[0].contents == std::vector<std::string>{"98", "99", "100"});
            CHECK(got[0].skipped == 97);
            CHECK(got[0].sequences.empty());
        }
    }
}

TEST_CASE("an idle room pushes its next message, however long it was idle") {
    for (const auto mode : {batch_mode::latest, batch_mode::full}) {
        running_server s(3, {mode, 10, 5ms});
        auto& ann = s.log_in("ann");
        REQUIRE(s.join(ann, "lobby"));
        for (int i = 0; i < 5; ++i) {
            REQUIRE(s.send_to_room(ann, "lobby", std::to_string(i)));
            const auto got = ann.take_at_least(1);
            REQUIRE(got.size() == 1);
            CHECK(got[0].contents == std::vector<std::string>{std::to_string(i)});
            CHECK(got[0].skipped == 0);
        }
    }
}

TEST_CASE("full: at n without waiting for the interval, the rest when it ends, all with sequences"
) {
    for (const auto workers : worker_counts) {
        running_server s(workers, {batch_mode::full, 4, 1h});
        auto& ann = s.log_in("ann");
        REQUIRE(s.join(ann, "lobby"));
        for (int i = 1; i <= 8; ++i) {
            REQUIRE(s.send_to_room(ann, "lobby", std::to_string(i)));
        }
        const auto got = ann.take_at_least(2);
        REQUIRE(got.size() == 2);
        CHECK(got[0].sequences == std::vector<std::uint64_t>{1, 2, 3, 4});
        CHECK(got[1].contents == std::vector<std::string>{"5", "6", "7", "8"});
    }
    running_server s(3, {batch_mode::full, 4, 10ms});
    auto& ann = s.log_in("ann");
    REQUIRE(s.join(ann, "lobby"));
    std::vector<std::uint64_t> seen, expected;
    for (std::uint64_t i = 1; i <= 10; ++i) {
        REQUIRE(s.send_to_room(ann, "lobby", "x"));
        expected.push_back(i);
    }
    const auto all = ann.take_when([](const auto& packets) {
        return !packets.empty() && packets.back().sequences.back() == 10;
    });
    for (const auto& p : all) {
        CHECK(p.contents.size() <= 4);
        seen.insert(seen.end(), p.sequences.begin(), p.sequences.end());
    }
    CHECK(seen == expected);
}

TEST_CASE("messages of a room in which nobody is connected are not pushed later") {
    running_server s(3, {batch_mode::full, 1, 1ms});
    auto& ann = s.log_in("ann");
    REQUIRE(s.join(ann, "lobby"));
    s.logout(ann);
    const gim::node::caller who{ann.user, {}};
    const gim::model::send_request r{gim::model::session_type::room, "lobby", "text", "old"};
    REQUIRE(s.ask(ann, [&] { return s.services.sends.send(who, r); }));
    s.settle();
    auto& again = s.log_in("ann");
    REQUIRE(s.send_to_room(again, "lobby", "new"));
    const auto got = again.take_at_least(1);
    REQUIRE(got.size() == 1);
    CHECK(got[0].contents == std::vector<std::string>{"new"});
}

TEST_CASE("with one flush at a time, 50 rooms are all served, in both modes") {
    for (const auto mode : {batch_mode::latest, batch_mode::full}) {
        for (const auto workers : worker_counts) {
            CAPTURE(workers);
            running_server s(workers, {mode, 2, 2ms}, 1);
            auto& ann = s.log_in("ann");
            auto& bob = s.log_in("bob");
            for (int room = 0; room < 50; ++room) {
                REQUIRE(s.join(ann, std::string("room") + std::to_string(room)));
                REQUIRE(s.join(bob, std::string("room") + std::to_string(room)));
            }
            for (int round = 1; round <= 3; ++round) {
                for (int room = 0; room < 50; ++room) {
                    const auto to = std::string("room") + std::to_string(room);
                    for (int i = 0; i < 5; ++i) {
                        const auto text = std::to_string(round) + (i == 4 ? " last" : "");
                        REQUIRE(s.send_to_room(ann, to, text));
                    }
                }
                for (auto* d : {&ann, &bob}) {
                    std::map<std::string, std::uint64_t> counted;
                    const auto got = d->take_when([&](const auto& packets) {
                        std::size_t done = 0;
                        for (const auto& p : packets) {
                            done += p.contents.back() == std::to_string(round) + " last";
                        }
                        return done == 50;
                    });
                    for (const auto& p : got) {
                        counted[p.title] += p.contents.size() + p.skipped;
                    }
                    REQUIRE(counted.size() == 50);
                    for (const auto& [room, n] : counted) {
                        CHECK(n == 5);
                    }
                }
            }
        }
    }
}

TEST_CASE("what waits is pushed at once when the server stops") {
    running_server s(3, {batch_mode::latest, 10, 1h});
    auto& ann = s.log_in("ann");
    for (const auto* room : {"a", "b", "c", "d"}) {
        REQUIRE(s.join(ann, room));
        REQUIRE(s.send_to_room(ann, room, "bye"));
    }
    s.settle();
    CHECK(ann.take().empty());
    for (std::size_t w = 0; w < s.pool.size(); ++w) {
        call_on(s.pool.at(w), [&] { s.all.at(w).rooms.flush_all(); });
    }
    CHECK(ann.take_at_least(4).size() == 4);
}

TEST_CASE("a room is kept for pushing only while somebody is connected or something waits") {
    for (const auto workers : worker_counts) {
        running_server s(workers, {batch_mode::full, 2, 5ms});
        const auto& home = s.all.home_of(gim::model::session_id::room("lobby"));
        const auto rooms = [&] { return call_on(home.thread, [&] { return home.rooms.rooms(); }); };
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.send_to_room(ann, "lobby", "1"));
        ann.take_at_least(1);
        CHECK(rooms() == 1);
        s.logout(ann);
        REQUIRE(s.leave(bob, "lobby"));
        s.settle();
        CHECK(rooms() == 0);

        // Bob may not send any more; Ann still is a member, on another connection.
        auto& again = s.log_in("ann");
        s.settle();
        CHECK(rooms() == 1);
        REQUIRE(s.send_to_room(again, "lobby", "2"));
        CHECK(again.take_at_least(1).size() == 1);
        REQUIRE(s.dismiss(again, "lobby"));
        s.settle();
        CHECK(rooms() == 0);
    }
}
