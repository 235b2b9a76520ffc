#include "worker/worker_pool.hpp"

#include "observe/stats/counters.hpp"

#include <cassert>
#include <latch>

namespace gim::worker {
namespace {
thread_local worker* current_worker = nullptr;
}

worker_pool::worker_pool(std::size_t count) {
    assert(count >= 1);
    for (std::size_t i = 0; i < count; ++i) {
        workers_.push_back(std::make_unique<worker>(i));
    }
}

worker_pool::~worker_pool() {
    stop();
    // From the last to the first: what is destroyed on one may still post to worker 0, which keeps
    // what is common to all.
    while (!workers_.empty()) {
        workers_.pop_back();
    }
}

worker& worker_pool::current() noexcept {
    assert(current_worker != nullptr);
    return *current_worker;
}

std::uint64_t worker_pool::count(stats::event what) const noexcept {
    std::uint64_t sum = 0;
    for (const auto& w : workers_) {
        sum += w->counters().count(what);
    }
    return sum;
}

void worker_pool::start() {
    for (auto& w : workers_) {
        threads_.emplace_back([&w] {
            current_worker = w.get();
            w->loop();
        });
    }
}

void worker_pool::hold_still(const std::function<void()>& f) {
    struct gathering {
        explicit gathering(std::size_t workers) : arrived(static_cast<std::ptrdiff_t>(workers)) {}
        std::latch arrived;
        std::latch over{1};
    };
    // Shared, since the last worker may leave it later than this function.
    const auto here = std::make_shared<gathering>(workers_.size());
    for (auto& w : workers_) {
        w->post([here] {
            here->arrived.count_down();
            here->over.wait();
        });
    }
    here->arrived.wait();
    try {
        f();
    } catch (...) {
        here->over.count_down();
        throw;
    }
    here->over.count_down();
}

void worker_pool::stop() {
    for (auto& w : workers_) {
        w->stop();
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

}  // namespace gim::worker
