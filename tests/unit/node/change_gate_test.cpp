#include "node/change_gate.hpp"

#include "node/node.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace gim;
using test::call_on;
using test::code_of;
using test::device;
using test::running_server;
using test::start_on;
using test::wait_for;

namespace {

void shut(running_server& s) {
    for (std::size_t w = 0; w < s.all.size(); ++w) {
        call_on(s.pool.at(w), [&] { s.all.at(w).changes.shut(); });
    }
}

void open(running_server& s) {
    for (std::size_t w = 0; w < s.all.size(); ++w) {
        call_on(s.pool.at(w), [&] { s.all.at(w).changes.open(); });
    }
}

std::size_t inside(running_server& s) {
    std::size_t sum = 0;
    for (std::size_t w = 0; w < s.all.size(); ++w) {
        sum += call_on(s.pool.at(w), [&] { return s.all.at(w).changes.inside(); });
    }
    return sum;
}

storage::store_sizes sizes(running_server& s) {
    storage::store_sizes sum;
    for (std::size_t w = 0; w < s.all.size(); ++w) {
        const auto one = call_on(s.pool.at(w), [&] { return s.all.at(w).store->sizes(); });
        sum.messages += one.messages;
        sum.rooms += one.rooms;
        sum.users += one.users;
    }
    return sum;
}

}  // namespace

TEST_CASE("a gate counts who is inside, and lets nobody in while it is shut") {
    node::change_gate gate;
    CHECK(gate.enter());
    gate.shut();
    CHECK(gate.is_shut());
    CHECK(!gate.enter());
    CHECK(gate.inside() == 1);
    gate.leave();
    CHECK(gate.inside() == 0);
    gate.open();
    CHECK(gate.enter());
}

TEST_CASE(
    "behind shut gates nothing changes, what only reads is answered, and all goes on when they open"
) {
    for (const auto workers : test::worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        device& ann = s.log_in("ann");
        device& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "den"));
        REQUIRE(s.send_to_room(ann, "den", "before"));
        shut(s);
        device& late = s.connect();
        CHECK(code_of(s.login(late, {"carl", {}})) == 503);
        CHECK(code_of(s.ask(bob, [&] {
                  return s.services.logins.renew({"bob", {}}, bob.ref);
              })) == 503);
        CHECK(code_of(s.send_to_room(ann, "den", "lost")) == 503);
        const auto refused = s.send_to_user(ann, "bob", "lost");
        CHECK(code_of(refused) == 503);
        CHECK(
            refused.error().message == "this server is being replaced by a new one: connect again"
        );
        CHECK(code_of(s.join(bob, "den")) == 503);
        CHECK(code_of(s.leave(ann, "den")) == 503);
        CHECK(code_of(s.ask(ann, [&] { return s.services.rooms.create("new"); })) == 503);
        CHECK(code_of(s.dismiss(ann, "den")) == 503);
        CHECK(s.all.count(stats::event::refused_handover) == 8);

        const auto history = s.history(ann, {model::session_id::room("den"), {}});
        REQUIRE(history);
        CHECK(history->items.size() == 1);
        CHECK(s.members(ann, {"den", {}, 10})->total == 1);
        CHECK(s.sessions(bob, {})->items.empty());
        CHECK(code_of(s.find_user(ann, "carl")) == 404);
        CHECK(inside(s) == 0);
        open(s);
        CHECK(s.login(late, {"carl", {}}).has_value());
        CHECK(s.join(bob, "den").has_value());
        CHECK(s.send_to_room(bob, "den", "after")->sequence == 2);
        CHECK(inside(s) == 0);
    }
}

TEST_CASE("when gates are shut and nobody is inside, all that will be acknowledged is stored, whole"
) {
    running_server s(3);
    std::vector<device*> devices;
    for (int i = 0; i < 6; ++i) {
        devices.push_back(&s.log_in("u" + std::to_string(i)));
    }
    std::vector<node::caller> callers;
    for (const auto* d : devices) {
        callers.push_back(d->caller());
    }
    for (int round = 0; round < 20; ++round) {
        open(s);
        const auto before = sizes(s).messages;
        std::vector<model::send_request> requests;
        for (std::size_t i = 0; i < devices.size(); ++i) {
            const auto to = "u" + std::to_string((i + 1) % devices.size());
            requests.push_back({model::session_type::private_chat, to, "text", "x"});
        }
        std::vector<std::future<model::result<model::send_reply>>> sends;
        for (int k = 0; k < 20; ++k) {
            for (std::size_t i = 0; i < devices.size(); ++i) {
                sends.push_back(start_on(devices[i]->home, [&, i] {
                    return s.services.sends.send(callers[i], requests[i]);
                }));
            }
        }
        shut(s);
        while (inside(s) > 0) {
            std::this_thread::yield();
        }
        const auto stored = sizes(s).messages - before;
        std::size_t acknowledged = 0;
        for (auto& send : sends) {
            const auto answer = wait_for(std::move(send));
            acknowledged += answer ? 1 : 0;
            CHECK((answer || code_of(answer) == 503));
        }
        CHECK(acknowledged == stored);
        CHECK(sizes(s).messages - before == stored);
    }
    CHECK(inside(s) == 0);
}
