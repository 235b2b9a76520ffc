#include "worker/worker_pool.hpp"

#include "support/on_worker.hpp"

#include <boost/asio/steady_timer.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>

using gim::test::call_on;
using gim::worker::worker_pool;
using namespace std::chrono_literals;

TEST_CASE("current() is the worker whose thread it is called on") {
    worker_pool pool(3);
    pool.start();
    for (std::size_t i = 0; i < pool.size(); ++i) {
        CHECK(call_on(pool.at(i), [&] { return pool.current().index(); }) == i);
        CHECK(call_on(pool.at(i), [&] { return pool.at(i).is_current(); }));
        CHECK_FALSE(pool.at(i).is_current());
    }
}

TEST_CASE("an id is always at home on the same worker, and ids spread over all of them") {
    worker_pool pool(3);
    std::set<std::size_t> used;
    for (int i = 0; i < 100; ++i) {
        const auto id = std::string("user") + std::to_string(i);
        CHECK(&pool.home(id) == &pool.home(std::string_view(id)));
        used.insert(pool.home(id).index());
    }
    CHECK(used.size() == 3);
}

TEST_CASE("what was posted is done before what is posted later") {
    worker_pool pool(2);
    std::atomic<int> done = 0;
    pool.start();
    for (int i = 0; i < 1000; ++i) {
        pool.at(static_cast<std::size_t>(i % 2)).post([&] { ++done; });
    }
    call_on(pool.at(0), [] {});
    call_on(pool.at(1), [] {});
    CHECK(done == 1000);
}

TEST_CASE("stop() ends the loops though something still waits") {
    worker_pool pool(2);
    pool.start();
    boost::asio::steady_timer forever(pool.at(0).executor(), 1h);
    bool called = false;
    call_on(pool.at(0), [&] { forever.async_wait([&](auto) { called = true; }); });
    pool.stop();
    CHECK_FALSE(called);
}

TEST_CASE("a pool that was never started, or was stopped, may be destroyed") {
    { worker_pool idle(2); }
    worker_pool stopped(2);
    stopped.start();
    stopped.stop();
    stopped.stop();
    CHECK(stopped.size() == 2);
}

TEST_CASE("while the workers hold still, what they read can be changed") {
    worker_pool pool(3);
    pool.start();
    std::string shared = "0";  // read by all workers, and guarded by nothing
    std::atomic<bool> is_over = false;
    std::atomic<int> turns = 0;
    std::function<void(std::size_t)> go_on = [&](std::size_t w) {
        if (!is_over) {
            turns += shared.empty() ? 0 : 1;
            pool.at(w).post([&, w] { go_on(w); });
        }
    };
    for (std::size_t w = 0; w < pool.size(); ++w) {
        pool.at(w).post([&, w] { go_on(w); });
    }
    for (int i = 1; i <= 100; ++i) {
        pool.hold_still([&] {
            const int before = turns;
            shared = std::string(static_cast<std::size_t>(i), 'x');
            CHECK(turns == before);
        });
    }
    is_over = true;
    for (std::size_t w = 0; w < pool.size(); ++w) {
        CHECK(call_on(pool.at(w), [&] { return shared.size(); }) == 100);
    }
}

TEST_CASE("what fails while the workers hold still does not hold them for ever") {
    worker_pool pool(2);
    pool.start();
    CHECK_THROWS_AS(pool.hold_still([] { throw std::runtime_error("no"); }), std::runtime_error);
    CHECK(call_on(pool.at(1), [] { return 7; }) == 7);
}
