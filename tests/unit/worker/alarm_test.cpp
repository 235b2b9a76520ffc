#include "worker/alarm.hpp"

#include "support/event_queue.hpp"
#include "support/on_worker.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>

using gim::test::call_on;
using namespace std::chrono_literals;

namespace {

using alarm_clock = gim::worker::alarm::clock;

// An alarm that says when it rings.
struct rung {
    gim::worker::worker_pool workers{1};
    gim::test::event_queue<alarm_clock::time_point> at;
    std::unique_ptr<gim::worker::alarm> tested;

    rung() {
        workers.start();
        call_on(workers.at(0), [this] {
            tested = std::make_unique<gim::worker::alarm>(workers.at(0), [this] {
                at.push(alarm_clock::now());
            });
        });
    }
    ~rung() { workers.stop(); }

    template <class F>
    void ask(F f) {
        call_on(workers.at(0), [&] { f(*tested); });
    }
};

}  // namespace

TEST_CASE_FIXTURE(rung, "of several times the earliest counts, and then it rests") {
    const auto now = alarm_clock::now();
    ask([&](gim::worker::alarm& a) {
        a.ring_at(now + 1h);
        a.ring_at(now + 20ms);
        a.ring_at(now + 2h);
        a.ring_at(std::nullopt);
    });
    CHECK(at.next() >= now + 20ms);
    ask([&](gim::worker::alarm& a) { a.ring_at(now + 30ms); });
    CHECK(at.next() >= now + 30ms);
}

TEST_CASE_FIXTURE(rung, "a time in place of all others counts, also if it is later") {
    const auto now = alarm_clock::now();
    ask([&](gim::worker::alarm& a) {
        a.ring_at(now - 1s);  // is due already, and cannot be cancelled any more
        a.ring_only_at(now + 40ms);
    });
    CHECK(at.next() >= now + 40ms);
    ask([&](gim::worker::alarm& a) {
        a.ring_at(now + 1h);
        a.ring_only_at(now + 50ms);
    });
    CHECK(at.next() >= now + 50ms);
}
