#include "worker/worker.hpp"

#include "observe/stats/counters.hpp"
#include "support/on_worker.hpp"
#include "worker/spawn.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

using gim::test::call_on;
using gim::test::run_on;
using gim::test::wait_for;
using gim::worker::worker;
using gim::worker::worker_pool;
using namespace std::chrono_literals;

namespace {

struct two_workers {
    worker_pool pool{2};
    two_workers() { pool.start(); }
    worker& a() { return pool.at(0); }
    worker& b() { return pool.at(1); }
};

std::thread::id thread_of(worker& w) {
    return call_on(w, [] { return std::this_thread::get_id(); });
}

}  // namespace

TEST_CASE_FIXTURE(two_workers, "after a hop a coroutine runs on the target's thread, and back") {
    const auto thread_a = thread_of(a());
    const auto thread_b = thread_of(b());
    REQUIRE(thread_a != thread_b);
    std::vector<std::thread::id> seen;
    run_on(a(), [&]() -> boost::asio::awaitable<void> {
        seen.push_back(std::this_thread::get_id());
        co_await hop(b());
        seen.push_back(std::this_thread::get_id());
        co_await hop(b());
        seen.push_back(std::this_thread::get_id());
        co_await hop(a());
        seen.push_back(std::this_thread::get_id());
    });
    CHECK(seen == std::vector{thread_a, thread_b, thread_b, thread_a});
}

TEST_CASE_FIXTURE(two_workers, "a hop to the current worker does not go through its queue") {
    bool posted_ran = false;
    const bool ran_first = run_on(a(), [&]() -> boost::asio::awaitable<bool> {
        a().post([&] { posted_ran = true; });
        co_await hop(a());
        co_return posted_ran;
    });
    CHECK_FALSE(ran_first);
}

TEST_CASE_FIXTURE(two_workers, "a coroutine that hopped out of another one hops for both") {
    const auto thread_b = thread_of(b());
    const auto inner = [&]() -> boost::asio::awaitable<void> { co_await hop(b()); };
    const auto after = run_on(a(), [&]() -> boost::asio::awaitable<std::thread::id> {
        co_await inner();
        co_return std::this_thread::get_id();
    });
    CHECK(after == thread_b);
}

TEST_CASE_FIXTURE(two_workers, "what one thread posts runs in the order it was posted") {
    constexpr int count = 10'000;
    std::vector<int> from_test, from_a;
    for (int i = 0; i < count; ++i) {
        b().post([&, i] { from_test.push_back(i); });
    }
    call_on(a(), [&] {
        for (int i = 0; i < count; ++i) {
            b().post([&, i] { from_a.push_back(i); });
        }
    });
    call_on(b(), [] {});
    REQUIRE(from_test.size() == count);
    REQUIRE(from_a.size() == count);
    CHECK(std::is_sorted(from_test.begin(), from_test.end()));
    CHECK(std::is_sorted(from_a.begin(), from_a.end()));
}

TEST_CASE_FIXTURE(
    two_workers,
    "run() is immediate on the worker itself, and posted from elsewhere"
) {
    const bool immediate = call_on(a(), [&] {
        bool done = false;
        a().run([&] { done = true; });
        return done;
    });
    CHECK(immediate);
    std::promise<std::thread::id> where;
    a().run([&] { where.set_value(std::this_thread::get_id()); });
    CHECK(wait_for(where.get_future()) == thread_of(a()));
}

TEST_CASE_FIXTURE(two_workers, "an exception out of a posted function does not end the loop") {
    a().post([] { throw std::runtime_error("on purpose"); });
    a().post([] { throw std::bad_alloc(); });
    CHECK(call_on(a(), [] { return 7; }) == 7);
}

TEST_CASE_FIXTURE(two_workers, "an exception out of a spawned coroutine ends that one only") {
    a().post([&] {
        gim::worker::spawn(a(), "test", []() -> boost::asio::awaitable<void> {
            throw std::runtime_error("on purpose");
            co_return;
        });
    });
    CHECK(call_on(a(), [] { return 7; }) == 7);
}

TEST_CASE_FIXTURE(two_workers, "a timeout fires on its worker, also after others and a pause") {
    for (int i = 0; i < 3; ++i) {
        std::promise<std::thread::id> fired;
        auto result = fired.get_future();
        std::unique_ptr<gim::worker::timeout> t;
        call_on(a(), [&] {
            t = std::make_unique<gim::worker::timeout>([&] {
                fired.set_value(std::this_thread::get_id());
            });
            a().arm(*t, 1ms);
        });
        CHECK(wait_for(std::move(result)) == thread_of(a()));
        call_on(a(), [&] { t.reset(); });
    }
}

TEST_CASE_FIXTURE(two_workers, "a timeout that throws does not keep later ones from firing") {
    std::promise<void> fired;
    gim::worker::timeout failing([] { throw std::runtime_error("on purpose"); });
    gim::worker::timeout next([&] { fired.set_value(); });
    call_on(a(), [&] {
        a().arm(failing, 1ms);
        a().arm(next, 60ms);
    });
    CHECK_NOTHROW(wait_for(fired.get_future()));
}

TEST_CASE("a timeout may outlive the worker's loop, in a coroutine that was abandoned") {
    auto pool = std::make_unique<worker_pool>(1);
    pool->start();
    std::promise<void> armed;
    auto& w = pool->at(0);
    w.post([&] {
        gim::worker::spawn(w, "test", [&]() -> boost::asio::awaitable<void> {
            gim::worker::timeout never([] {});
            w.arm(never, 1h);
            boost::asio::steady_timer forever(w.executor(), 1h);
            armed.set_value();
            co_await forever.async_wait(boost::asio::use_awaitable);
        });
    });
    wait_for(armed.get_future());
    pool->stop();
    CHECK_NOTHROW(pool.reset());
}

TEST_CASE_FIXTURE(two_workers, "a worker that is held up notices how late its tick comes") {
    const auto late = [&] { return a().counters().read(gim::stats::distribution::worker_lag); };
    const auto ticks = [&] {
        const auto seen = late().buckets;
        return std::accumulate(seen.begin(), seen.end(), std::uint64_t{0});
    };
    CHECK(ticks() == 0);  // nothing is armed
    std::promise<void> fired;
    gim::worker::timeout t([&] { fired.set_value(); });
    call_on(a(), [&] {
        a().arm(t, 1ms);
        std::this_thread::sleep_for(200ms);
    });
    wait_for(fired.get_future());
    call_on(a(), [] {});
    CHECK(ticks() >= 1);
    CHECK(late().sum >= 150'000'000);
    call_on(a(), [&] { t.cancel(); });
}
