#include "worker/signal.hpp"

#include "support/on_worker.hpp"
#include "worker/spawn.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using gim::test::call_on;
using gim::test::run_on;
using gim::worker::signal;
using gim::worker::spawn;

namespace {

struct one_worker {
    gim::worker::worker_pool pool{1};
    one_worker() { pool.start(); }
    gim::worker::worker& home() { return pool.at(0); }
    // Asio destroys the frame of who is abandoned on a later turn, which it posted before these:
    // no later than between the two.
    void let_frames_go() {
        call_on(home(), [] {});
        call_on(home(), [] {});
    }
};

// Waits, and writes down what it did.
boost::asio::awaitable<void> wait_for_it(signal& s, std::string& done, std::shared_ptr<int> alive) {
    done += "waits ";
    co_await s.wait();
    done += "goes on ";
    alive.reset();
}

}  // namespace

TEST_CASE_FIXTURE(one_worker, "who waits for a signal that is set goes on at once, each time") {
    const auto done = call_on(home(), [this] {
        signal s;
        s.set();
        std::string out;
        spawn(home(), "test", [&] { return wait_for_it(s, out, nullptr); });
        spawn(home(), "test", [&] { return wait_for_it(s, out, nullptr); });
        return out + (s.is_set() ? "set" : "not set");
    });
    CHECK(done == "waits goes on waits goes on set");
}

TEST_CASE_FIXTURE(one_worker, "who waits goes on before set() returns, and not earlier") {
    const auto done = call_on(home(), [this] {
        signal s;
        std::string out;
        spawn(home(), "test", [&] { return wait_for_it(s, out, nullptr); });
        out += s.is_set() ? "set? " : "then ";
        s.set();
        out += "then ";
        s.set();  // wakes nobody twice
        return out;
    });
    CHECK(done == "waits then goes on then ");
}

TEST_CASE_FIXTURE(one_worker, "who goes on may destroy the signal") {
    auto s = std::make_unique<signal>();
    const bool is_gone = call_on(home(), [&] {
        auto* const set = s.get();
        spawn(home(), "test", [&]() -> boost::asio::awaitable<void> {
            co_await s->wait();
            s.reset();
        });
        set->set();
        return s == nullptr;
    });
    CHECK(is_gone);
}

TEST_CASE_FIXTURE(one_worker, "it may be set on a later turn of the worker") {
    signal s;
    std::string out;
    home().post([&] { s.set(); });
    run_on(home(), [&] { return wait_for_it(s, out, nullptr); });
    CHECK(out == "waits goes on ");
    CHECK(call_on(home(), [&] { return s.is_set(); }));
}

TEST_CASE_FIXTURE(one_worker, "with the signal goes who waits for it, and never goes on") {
    const auto alive = std::make_shared<int>();
    const auto done = call_on(home(), [&, this] {
        std::string out;
        auto s = std::make_unique<signal>();
        spawn(home(), "test", [&] { return wait_for_it(*s, out, alive); });
        out += alive.use_count() > 1 ? "held " : "";
        s.reset();
        return out;
    });
    CHECK(done == "waits held ");
    let_frames_go();
    CHECK(alive.use_count() == 1);
}

TEST_CASE_FIXTURE(one_worker, "a signal in the frame of who waits is let go of with it") {
    const auto alive = std::make_shared<int>();
    const auto still = call_on(home(), [&, this] {
        signal* inside = nullptr;
        spawn(home(), "test", [&inside, alive]() -> boost::asio::awaitable<void> {
            signal own;
            inside = &own;
            co_await own.wait();
        });
        const auto before = alive.use_count();
        inside->abandon();
        return before;
    });
    CHECK(still > 1);
    let_frames_go();
    CHECK(alive.use_count() == 1);
}

TEST_CASE_FIXTURE(one_worker, "nobody is there to abandon, or to set it for") {
    const bool is_set = call_on(home(), [] {
        signal s;
        s.abandon();
        s.set();
        s.abandon();
        return s.is_set();
    });
    CHECK(is_set);
}
