#pragma once

#include "base/salted_hash.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace gim::stats {
enum class event : std::size_t;
}

namespace gim::worker {

// All workers of the process. A worker is the home of some users and sessions: home() says of
// which.
class worker_pool {
public:
    explicit worker_pool(std::size_t count);  // REQUIRES: count >= 1
    ~worker_pool();                           // stops
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    std::size_t size() const noexcept { return workers_.size(); }
    worker& at(std::size_t index) noexcept { return *workers_[index]; }
    // The same worker for the whole life of the process, and maybe another one in the next process.
    worker& home(std::string_view id) noexcept {
        return *workers_[base::hash_for_homes(id) % workers_.size()];
    }
    // The worker whose thread this is. REQUIRES: called on a worker's thread.
    worker& current() noexcept;

    // How often that happened on all workers. From any thread.
    std::uint64_t count(stats::event what) const noexcept;

    void start();
    // Runs `f` on the caller's thread, which is no worker's, while no worker is in a turn: `f` may
    // change what workers otherwise only read. REQUIRES: started, and not stopped.
    void hold_still(const std::function<void()>& f);
    // Ends every loop after what it is doing now, and joins the threads. What was posted and not
    // done is destroyed with the pool.
    void stop();

private:
    std::vector<std::unique_ptr<worker>> workers_;
    std::vector<std::thread> threads_;
};

}  // namespace gim::worker
