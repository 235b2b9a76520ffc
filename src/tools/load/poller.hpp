#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <sys/epoll.h>
#include <vector>

namespace gim::load {

using clock = std::chrono::steady_clock;

// Waits for many sockets at once, and holds what their owners share: the buffer into which all of
// them read, and the time of the last read, so that what came with it need not ask the clock.
//
// Asio would do, but at 60 ns a delivery of the server's its queue of handlers is the larger part.
// Threads: one's.
class poller {
public:
    class handler {
    public:
        // `events`: EPOLLIN and so on.
        virtual void on_io(std::uint32_t events) = 0;

    protected:
        ~handler() = default;
    };

    poller();
    poller(const poller&) = delete;
    poller& operator=(const poller&) = delete;
    ~poller();

    // Closing the descriptor removes it. The handler must outlive the next wait().
    void add(int fd, std::uint32_t events, handler& h);
    void change(int fd, std::uint32_t events, handler& h);

    // Waits until something is ready or the time is over, and calls the handlers. Throws
    // `interrupted` after SIGINT or SIGTERM (see interrupt.hpp).
    void wait(clock::duration at_most);

    std::span<char> buffer() noexcept { return buffer_; }
    // Whoever has read says so.
    void on_read(std::size_t bytes) noexcept {
        received_bytes_ += bytes;
        now_ = clock::now();
    }
    // When the last read returned.
    clock::time_point now() const noexcept { return now_; }
    std::uint64_t received_bytes() const noexcept { return received_bytes_; }

private:
    int epoll_ = -1;
    std::vector<epoll_event> ready_;
    std::vector<char> buffer_;
    clock::time_point now_ = clock::now();
    std::uint64_t received_bytes_ = 0;
};

}  // namespace gim::load
