#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace gim::worker {

// Limits how many tasks of one kind run at the same time.
//
// Problem: a flag that a coroutine resets by a statement behind a co_await stays set for ever if an
// exception ends the coroutine. So a task holds a permit, which returns itself:
//
//     const auto permit = reading_.start();
//
// Threads: one worker's. A permit may outlive its limit, as one in an abandoned coroutine does.
class task_limit {
public:
    // Empty: as many tasks run as may.
    class permit {
    public:
        permit() = default;
        permit(permit&& other) noexcept : running_(std::move(other.running_)) {}
        permit& operator=(permit&& other) noexcept {
            release();
            running_ = std::move(other.running_);
            return *this;
        }
        ~permit() { release(); }

        explicit operator bool() const noexcept { return running_ != nullptr; }
        // The task has ended.
        void release() noexcept {
            if (const auto running = std::exchange(running_, nullptr)) {
                --*running;
            }
        }

    private:
        friend class task_limit;
        explicit permit(std::shared_ptr<std::size_t> running) noexcept
            : running_(std::move(running)) {}

        std::shared_ptr<std::size_t> running_;
    };

    explicit task_limit(std::size_t max = 1)
        : max_(max), running_(std::make_shared<std::size_t>(0)) {}

    permit start() noexcept {
        if (is_full()) {
            return {};
        }
        ++*running_;
        return permit(running_);
    }
    bool is_full() const noexcept { return *running_ >= max_; }
    std::size_t running() const noexcept { return *running_; }

private:
    const std::size_t max_;
    const std::shared_ptr<std::size_t> running_;
};

}  // namespace gim::worker
