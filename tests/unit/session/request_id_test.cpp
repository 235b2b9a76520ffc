#include "observe/stats/event.hpp"
#include "unit/session/late_store.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace gim::test;
using gim::model::send_reply;
using gim::model::send_request;
using gim::model::session_type;
using gim::stats::event;

namespace {

send_request named(
    const std::string& id,
    const std::string& content,
    session_type type = session_type::room,
    const std::string& target = "lobby"
) {
    return {type, target, "text", content, id};
}

// The same with stores that answer later.
struct late_server : running_server {
    explicit late_server(std::size_t workers)
        : running_server(
              workers,
              {gim::push::batch_mode::full, 1, std::chrono::milliseconds(1)},
              0,
              8,
              {.sends_of_user = {}},
              {},
              {},
              [](gim::worker::worker& on, std::unique_ptr<gim::storage::store> behind) {
                  return std::make_unique<late_store>(on, std::move(behind));
              }
          ) {}
};

}  // namespace

TEST_CASE("a copy of a request is answered as the first, and nothing is sent again") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& phone = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        for (const auto& request :
             {named("r1", "hi"), named("r1", "hi", session_type::private_chat, "bob")}) {
            const auto first = s.send(ann, request);
            REQUIRE(first);
            s.clock_ms += 1000;
            for (auto* d : {&ann, &phone}) {  // also from another device
                const auto copy = s.send(*d, request);
                REQUIRE(copy);
                CHECK(copy->id == first->id);
                CHECK(copy->session == first->session);
                CHECK(copy->sequence == first->sequence);
                CHECK(copy->created_at == first->created_at);
            }
        }
        CHECK(bob.take_at_least(2).size() == 2);
        s.settle();
        CHECK(bob.take().empty());
        CHECK(s.pool.count(event::request_repeated) == 4);
        CHECK(s.pool.count(event::request_conflict) == 0);
    }
}

TEST_CASE("the id of a request is the sender's and the target's, and its content does not change") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        for (const auto* room : {"lobby", "other"}) {
            REQUIRE(s.join(ann, room));
            REQUIRE(s.join(bob, room));
        }
        const auto first = s.send(ann, named("r1", "hi"));
        REQUIRE(first);
        CHECK(s.send(bob, named("r1", "hi"))->sequence == 2);
        CHECK(s.send(ann, named("r2", "hi"))->sequence == 3);
        CHECK(s.send(ann, named("r1", "hi", session_type::room, "other"))->sequence == 1);
        CHECK(code_of(s.send(ann, named("r1", "hello"))) == 409);
        auto picture = named("r1", "hi");
        picture.category = "picture";
        CHECK(code_of(s.send(ann, picture)) == 409);
        CHECK(s.send(ann, named("r1", "hi"))->id == first->id);
        CHECK(s.pool.count(event::request_conflict) == 2);
    }
}

TEST_CASE("a request that failed may be tried again, and one that succeeded stays so") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        CHECK(code_of(s.send(ann, named("r1", "hi"))) == 404);
        REQUIRE(s.join(ann, "lobby"));
        const auto sent = s.send(ann, named("r1", "hi"));
        REQUIRE(sent);
        REQUIRE(s.leave(ann, "lobby"));
        CHECK(code_of(s.send(ann, named("r2", "hi"))) == 403);
        CHECK(s.send(ann, named("r1", "hi"))->id == sent->id);
    }
}

TEST_CASE("of 50 racing copies of 1,000 requests each is one message with one answer") {
    constexpr std::size_t copies = 50;
    constexpr std::size_t requests = 1000;
    running_server s(3, {gim::push::batch_mode::full, 100, std::chrono::milliseconds(20)}, 0, 0);
    auto& bob = s.log_in("bob");
    REQUIRE(s.join(bob, "lobby"));
    std::vector<device*> devices;
    for (std::size_t i = 0; i < copies; ++i) {
        devices.push_back(&s.log_in("ann"));
    }
    REQUIRE(s.join(*devices[0], "lobby"));

    std::vector<std::vector<std::string>> ids(copies, std::vector<std::string>(requests));
    std::vector<std::future<bool>> runs;
    for (std::size_t i = 0; i < copies; ++i) {
        runs.push_back(start_on(
            devices[i]->home,
            [&s, &mine = ids[i], d = devices[i], i]() -> boost::asio::awaitable<bool> {
                std::vector<std::size_t> order(requests);
                for (std::size_t r = 0; r < requests; ++r) {
                    order[r] = r;
                }
                std::mt19937 random(static_cast<unsigned>(i / 5));  // some take the same way
                std::shuffle(order.begin(), order.end(), random);
                const auto who = d->caller();
                for (const auto r : order) {
                    const auto name = std::to_string(r);
                    const auto request = named(name, "content of " + name);
                    const auto sent = co_await s.services.sends.send(who, request);
                    if (!sent) {
                        co_return false;
                    }
                    mine[r] = sent->id;
                }
                co_return true;
            }
        ));
    }
    for (auto& r : runs) {
        // 50,000 sends take a while on a busy machine under the sanitizers.
        REQUIRE(r.wait_for(std::chrono::seconds(90)) == std::future_status::ready);
        CHECK(r.get());
    }
    CHECK(std::set<std::string>(ids[0].begin(), ids[0].end()).size() == requests);
    for (const auto& others : ids) {
        CHECK(others == ids[0]);
    }
    CHECK(s.pool.count(event::request_repeated) == (copies - 1) * requests);

    const auto packets = bob.take_when([](const auto& all) {
        std::size_t n = 0;
        for (const auto& p : all) {
            n += p.contents.size();
        }
        return n >= requests;
    });
    std::multiset<std::string> contents;
    for (const auto& p : packets) {
        contents.insert(p.contents.begin(), p.contents.end());
    }
    CHECK(contents.size() == requests);
    CHECK(std::set<std::string>(contents.begin(), contents.end()).size() == requests);
    s.settle();
    CHECK(bob.take().empty());
}

TEST_CASE("copies that a store knows only when it appends are answered as the first, too") {
    for (const auto workers : worker_counts) {
        late_server s(workers);
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(bob, "lobby"));
        std::vector<device*> devices;
        for (int i = 0; i < 8; ++i) {
            devices.push_back(&s.log_in("ann"));
        }
        REQUIRE(s.join(*devices[0], "lobby"));
        for (const auto& request :
             {named("r1", "hi"), named("r1", "hi", session_type::private_chat, "bob")}) {
            std::vector<std::future<gim::model::result<send_reply>>> copies;
            for (auto* d : devices) {
                copies.push_back(start_on(d->home, [&s, &request, who = d->caller()] {
                    return s.services.sends.send(who, request);
                }));
            }
            std::set<std::string> ids;
            for (auto& copy : copies) {
                const auto sent = wait_for(std::move(copy));
                REQUIRE(sent);
                CHECK(sent->sequence == 1);
                CHECK(sent->created_at == s.clock_ms);
                ids.insert(sent->id);
            }
            CHECK(ids.size() == 1);
        }
        CHECK(code_of(s.send(*devices[0], named("r1", "hello"))) == 409);
        CHECK(bob.take_at_least(2).size() == 2);
        s.settle();
        CHECK(bob.take().empty());
        CHECK(s.pool.count(event::message_room) == 1);
        CHECK(s.pool.count(event::message_private) == 1);
        CHECK(s.pool.count(event::request_repeated) == 14);
        CHECK(s.pool.count(event::request_conflict) == 1);
    }
}
