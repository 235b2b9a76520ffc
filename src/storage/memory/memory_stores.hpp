#pragma once

#include "storage/memory/memory_store.hpp"
#include "worker/worker_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gim::storage {

// The stores in memory of all workers of a process. They share one set of limits, and each evicts
// what others need the space of.
//
// Threads: as the stores; limits() on any.
class memory_stores {
public:
    // `workers` is borrowed.
    explicit memory_stores(worker::worker_pool& workers);
    memory_stores(const memory_stores&) = delete;
    memory_stores& operator=(const memory_stores&) = delete;

    // The store of the worker with that number, which must not run yet. REQUIRES: called once for
    // each worker, in their order; the caller keeps the stores for as long as the workers run.
    std::unique_ptr<memory_store> make(memory_store_options options);
    const std::vector<memory_store*>& all() const noexcept { return all_; }
    const shared_limits& limits() const noexcept { return *limits_; }

private:
    void unlist(const model::session_id& session, std::int64_t last_ms);

    worker::worker_pool& workers_;
    const std::shared_ptr<shared_limits> limits_;
    std::vector<memory_store*> all_;  // by worker
};

}  // namespace gim::storage
