#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

using namespace gim::test;
using gim::model::session_id;

namespace {

std::vector<std::string> contents(const std::vector<received_packet>& packets) {
    std::vector<std::string> out;
    for (const auto& p : packets) {
        out.insert(out.end(), p.contents.begin(), p.contents.end());
    }
    return out;
}

}  // namespace

TEST_CASE("a private message reaches every device of both but the one that sent it") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        auto& ann1 = s.log_in("ann");
        auto& ann2 = s.log_in("ann");
        auto& bob1 = s.log_in("bob");
        auto& bob2 = s.log_in("bob");
        auto& carl = s.log_in("carl");
        REQUIRE(s.login(ann1, {"ann", "Ann"}));
        const auto sent = s.send_to_user(ann1, "bob", "hi");
        REQUIRE(sent);
        CHECK(sent->session == session_id::between("ann", "bob"));
        CHECK(sent->sequence == 1);
        CHECK(sent->created_at == s.clock_ms);
        for (auto* d : {&bob1, &bob2}) {
            const auto got = d->take_at_least(1);
            REQUIRE(got.size() == 1);
            CHECK(got[0].session == "2:ann:bob");
            CHECK(got[0].title == "Ann");
            CHECK(got[0].contents == std::vector<std::string>{"hi"});
            CHECK(got[0].sequences == std::vector<std::uint64_t>{1});
        }
        const auto own = ann2.take_at_least(1);
        REQUIRE(own.size() == 1);
        CHECK(own[0].title == "bob");
        s.settle();
        for (auto* d : {&ann1, &ann2, &bob1, &bob2, &carl}) {
            CHECK(d->take().empty());
        }
    }
}

TEST_CASE("100 private messages arrive 100, in order and at once, in both modes") {
    for (const auto mode : {gim::push::batch_mode::latest, gim::push::batch_mode::full}) {
        for (const auto workers : worker_counts) {
            running_server s(workers, {mode, 3, std::chrono::hours(1)});
            auto& ann = s.log_in("ann");
            auto& ann2 = s.log_in("ann");
            auto& bob = s.log_in("bob");
            std::vector<std::string> expected;
            for (int i = 1; i <= 100; ++i) {
                expected.push_back(std::to_string(i));
                const auto sent = s.send_to_user(ann, "bob", expected.back());
                REQUIRE(sent);
                CHECK(sent->sequence == static_cast<std::uint64_t>(i));
            }
            CHECK(contents(bob.take_at_least(100)) == expected);
            CHECK(contents(ann2.take_at_least(100)) == expected);
        }
    }
}

TEST_CASE("when both write at once, all devices see the same order") {
    running_server s(3);
    auto& ann = s.log_in("ann");
    auto& bob = s.log_in("bob");
    auto& watch_ann = s.log_in("ann");
    auto& watch_bob = s.log_in("bob");
    const auto write = [&s](device& from, std::string to) {
        return start_on(from.home, [&s, &from, to]() -> boost::asio::awaitable<void> {
            const auto who = from.caller();
            for (int i = 0; i < 200; ++i) {
                const gim::model::send_request r{
                    gim::model::session_type::private_chat, to, "text", "x"};
                auto sent = co_await s.services.sends.send(who, r);
                if (!sent) {
                    throw std::runtime_error(sent.error().message);
                }
            }
        });
    };
    auto first = write(ann, "bob");
    auto second = write(bob, "ann");
    wait_for(std::move(first));
    wait_for(std::move(second));
    for (auto* d : {&watch_ann, &watch_bob}) {
        std::vector<std::uint64_t> seen, expected;
        for (const auto& p : d->take_at_least(400)) {
            seen.insert(seen.end(), p.sequences.begin(), p.sequences.end());
            expected.push_back(expected.size() + 1);
        }
        CHECK(seen == expected);
    }
}

TEST_CASE("a message to a user that never was is 404 and stored nowhere") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        const auto sent = s.send_to_user(ann, "nobody", "hi");
        REQUIRE_FALSE(sent);
        CHECK(code_of(sent) == 404);
        CHECK(sent.error().message.starts_with("target_id:"));
        CHECK(s.sessions(ann, {})->items.empty());
        CHECK(s.history(ann, {session_id::between("ann", "nobody"), {}})->items.empty());
    }
}

TEST_CASE("an offline receiver finds the message in sessions and history") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        s.logout(s.log_in("bob"));
        REQUIRE(s.send_to_user(ann, "bob", "hi"));
        auto& bob = s.log_in("bob");
        for (auto* d : {&ann, &bob}) {
            const auto list = s.sessions(*d, {});
            REQUIRE(list->items.size() == 1);
            CHECK(list->items[0].session == session_id::between("ann", "bob"));
            CHECK(list->items[0].last_message->content == "hi");
            const auto page = s.history(*d, {session_id::between("bob", "ann"), {}});
            REQUIRE(page->items.size() == 1);
            CHECK(page->items[0]->content == "hi");
        }
    }
}

TEST_CASE("a note to oneself reaches one's other devices once") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& one = s.log_in("ann");
        auto& two = s.log_in("ann");
        REQUIRE(s.send_to_user(one, "ann", "remember"));
        CHECK(two.take_at_least(1).size() == 1);
        s.settle();
        CHECK(two.take().empty());
        CHECK(one.take().empty());
        CHECK(s.sessions(one, {})->items.size() == 1);
    }
}

TEST_CASE("a message sent over HTTP reaches all devices of the sender") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        const gim::node::caller who{ann.user, {}};
        const gim::model::send_request r{
            gim::model::session_type::private_chat, "bob", "text", "hi"};
        REQUIRE(s.ask(ann, [&] { return s.services.sends.send(who, r); }));
        CHECK(ann.take_at_least(1).size() == 1);
        CHECK(bob.take_at_least(1).size() == 1);
    }
}
