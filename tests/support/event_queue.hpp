#pragma once

#include "support/on_worker.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace gim::test {

// What happens on a worker, for the test to wait for, in order.
template <class T>
class event_queue {
public:
    void push(T what) {
        {
            const std::lock_guard lock(mutex_);
            all_.push_back(std::move(what));
        }
        changed_.notify_one();
    }
    // Waits for it, but not for ever.
    T next() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [this] { return !all_.empty(); })) {
            throw std::runtime_error("nothing happened");
        }
        auto first = std::move(all_.front());
        all_.pop_front();
        return first;
    }
    // Waits for this one; what comes before it is dropped.
    void skip_to(const T& what) {
        while (next() != what) {
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<T> all_;
};

}  // namespace gim::test
