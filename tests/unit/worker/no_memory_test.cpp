// Timeouts go on when there was no memory for a moment.

#include "support/caught_log.hpp"
#include "support/failing_memory.hpp"
#include "support/on_worker.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>

using namespace gim::test;

TEST_CASE("a timeout that was armed without memory to wait with fires all the same") {
    const caught_log log;
    gim::worker::worker_pool workers(1);
    workers.start();
    auto& home = workers.at(0);
    std::promise<void> fired;
    gim::worker::timeout armed([&] { fired.set_value(); });
    home.post([&] {
        fail_allocation(0);
        home.arm(armed, std::chrono::milliseconds(1));  // it throws, out of this function
    });
    CHECK_NOTHROW(wait_for(fired.get_future()));
    CHECK_FALSE(call_on(home, [] { return is_failure_due(); }));
    workers.stop();
}
