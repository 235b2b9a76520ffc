#include "conformance/store_conformance.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/redis/redis_store.hpp"
#include "support/redis_server.hpp"

namespace gim::test {

namespace {

// All of them in one server, each with keys of its own.
std::unique_ptr<storage::store> redis_store(worker::worker& home, std::size_t history) {
    static redis_server server;
    static int made = 0;
    storage::redis_store_options options;
    options.place.where.port = server.port();
    options.place.prefix = "test" + std::to_string(++made) + ":";
    options.most.history = history;
    auto store = std::make_unique<storage::redis_store>(home, std::move(options));
    store->start();
    return store;
}

}  // namespace

const std::vector<store_kind>& store_kinds() {
    static const std::vector<store_kind> kinds{
        {"memory",
         [](worker::worker&, std::size_t history) {
             storage::memory_store_options options;
             options.most.history = history;
             return std::make_unique<storage::memory_store>(options);
         }},
        {"redis", redis_store},
    };
    return kinds;
}

}  // namespace gim::test
