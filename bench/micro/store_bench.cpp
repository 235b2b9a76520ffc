// The store in memory, with its coroutines, as a session's home uses it.
//
//   store/append    appends to a session that keeps 1,000 messages and is full
//   store/last_50   reads its newest 50, before encoding; per_item is a message's

#include "micro/per_item.hpp"
#include "storage/memory/memory_store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <benchmark/benchmark.h>
#include <cstdint>
#include <string>
#include <utility>

namespace {

using namespace gim;
namespace asio = boost::asio;

constexpr std::size_t history = 1000;
constexpr std::int64_t now_ms = 1'790'000'000'000;
const auto session = model::session_id::room("lobby-17");

// The loop of a benchmark runs inside one coroutine, as a worker's does.
void run(asio::awaitable<void> work) {
    asio::io_context context(1);
    asio::co_spawn(context, std::move(work), asio::detached);
    context.run();
}

asio::awaitable<void> append_one(storage::store& store) {
    storage::message_draft draft;
    draft.sender.id = "user-1234";
    draft.sender.name = "Somebody";
    draft.category = "text";
    draft.content.assign(64, 'x');
    auto stored = co_await store.append(session, std::move(draft), now_ms);
    benchmark::DoNotOptimize(stored);
}

asio::awaitable<void> fill(storage::store& store) {
    for (std::size_t i = 0; i < history; ++i) {
        co_await append_one(store);
    }
}

asio::awaitable<void> append_all(benchmark::State& state) {
    storage::memory_store_options options;
    options.most.history = history;
    storage::memory_store store(std::move(options));
    co_await fill(store);
    const bench::per_item count(state);
    for (auto _ : state) {
        co_await append_one(store);
    }
}

asio::awaitable<void> read_last(benchmark::State& state) {
    storage::memory_store_options options;
    options.most.history = history;
    storage::memory_store store(std::move(options));
    co_await fill(store);
    model::history_query newest;
    newest.limit = 50;
    const bench::per_item count(state, newest.limit);
    for (auto _ : state) {
        auto page = co_await store.history(session, newest);
        benchmark::DoNotOptimize(page);
    }
}

void append(benchmark::State& state) {
    run(append_all(state));
}
void last_50(benchmark::State& state) {
    run(read_last(state));
}

BENCHMARK(append)->Name("store/append");
BENCHMARK(last_50)->Name("store/last_50");

}  // namespace
