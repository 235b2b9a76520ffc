// A command allocates nothing but its reply, which hiredis takes from malloc: this program counts
// what a worker's thread gets from new.

#include "redis/client.hpp"
#include "support/on_worker.hpp"
#include "support/redis_server.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

namespace {
thread_local std::size_t allocations = 0;
}

// All other forms of new and delete call these. Inlined into each other they would not be known as
// a pair by the compiler, which warns then.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size == 0 ? 1 : size)) {
        return p;
    }
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

using gim::redis::call;
using gim::redis::client;

namespace {

constexpr std::size_t together = 100;

// Sends that many at once and waits for all.
boost::asio::awaitable<std::size_t> send_many(client& to, std::string_view key) {
    std::array<std::optional<call>, together> all;
    for (auto& each : all) {
        each.emplace(to, "INCR", key);
    }
    std::size_t answered = 0;
    for (auto& each : all) {
        co_await each->done();
        answered += each->reply().integer() > 0 ? 1 : 0;
    }
    co_return answered;
}

boost::asio::awaitable<std::size_t> send_one(client& to, std::string_view key) {
    call one(to, "INCR", key);
    co_await one.done();
    co_return one.reply().integer() > 0 ? 1 : 0;
}

struct counted {
    std::size_t answered = 0;
    std::size_t allocations = 0;
};

}  // namespace

TEST_CASE("10,000 commands on a connection that is warm allocate nothing") {
    const gim::test::redis_server server;
    gim::worker::worker_pool workers(1);
    workers.start();
    auto& home = workers.at(0);
    gim::redis::client_options options;
    options.where.port = server.port();
    options.timeout = gim::test::patience;
    auto up = std::make_shared<std::promise<void>>();
    options.changed = [up](bool) { up->set_value(); };
    client tested(home, options);
    gim::test::call_on(home, [&] { tested.start(); });
    gim::test::wait_for(up->get_future());

    // Of one kind, and of the other.
    for (auto* const send : {send_many, send_one}) {
        const std::size_t each = send == send_many ? together : 1;
        const auto many = [&](std::size_t count) -> boost::asio::awaitable<counted> {
            counted out;
            const auto before = allocations;
            while (count > 0) {
                const auto answered = co_await send(tested, "n");
                out.answered += answered;
                count -= each;
            }
            out.allocations = allocations - before;
            co_return out;
        };
        gim::test::run_on(home, [&] { return many(10 * together); });
        const auto warm = gim::test::run_on(home, [&] { return many(10'000); });
        CHECK(warm.answered == 10'000);
        CHECK(warm.allocations == 0);
    }
    workers.stop();
}
