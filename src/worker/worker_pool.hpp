#pragma once

#include "worker/worker.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

namespace gim::worker {

// All workers of the process. A worker is the home of some users and sessions: home() says of
// which.
class worker_pool {
public:
    explicit worker_pool(std::size_t count);  // REQUIRES: count >= 1
    ~worker_pool();                           // abandons what still runs, then joins
    worker_pool(const worker_pool&) = delete;
    worker_pool& operator=(const worker_pool&) = delete;

    std::size_t size() const noexcept { return workers_.size(); }
    worker& at(std::size_t index) noexcept { return *workers_[index]; }
    worker& home(std::string_view id) noexcept {
        return *workers_[std::hash<std::string_view>{}(id) % workers_.size()];
    }
    // The worker whose thread this is. REQUIRES: called on a worker's thread.
    worker& current() noexcept;

    void start();
    // Ends every loop once nothing is left to do on it, and joins the threads.
    void join();
    void abandon();  // ends every loop now; join() then returns

private:
    std::vector<std::unique_ptr<worker>> workers_;
    std::vector<std::thread> threads_;
};

}  // namespace gim::worker
