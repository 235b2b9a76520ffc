#include "worker/task_limit.hpp"

#include "support/on_worker.hpp"
#include "worker/spawn.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <utility>

using gim::worker::task_limit;

TEST_CASE("as many tasks run as may, and each that ends leaves its place to another") {
    task_limit limit(2);
    auto first = limit.start();
    {
        const auto second = limit.start();
        CHECK(first);
        CHECK(second);
        CHECK(limit.is_full());
        CHECK_FALSE(limit.start());
        CHECK(limit.running() == 2);
    }
    CHECK_FALSE(limit.is_full());
    auto moved = std::move(first);
    CHECK(limit.running() == 1);
    moved.release();
    moved.release();
    CHECK(limit.running() == 0);
    moved = limit.start();
    CHECK(moved);
    moved = {};
    CHECK(limit.running() == 0);
}

TEST_CASE("a permit may outlive its limit") {
    auto limit = std::make_unique<task_limit>();
    const auto permit = limit->start();
    limit.reset();
    CHECK(permit);
}

TEST_CASE("a task that an exception ends gives its permit back") {
    gim::worker::worker_pool workers{1};
    workers.start();
    auto& home = workers.at(0);
    gim::test::call_on(home, [&] {
        task_limit limit;
        gim::worker::spawn(home, "test", [&]() -> boost::asio::awaitable<void> {
            const auto permit = limit.start();
            CHECK(limit.is_full());
            throw std::runtime_error("on purpose");
            co_return;
        });
        CHECK_FALSE(limit.is_full());
    });
    workers.stop();
}
