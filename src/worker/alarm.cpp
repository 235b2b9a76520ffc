#include "worker/alarm.hpp"

namespace gim::worker {

alarm::alarm(worker& home, std::function<void()> ring)
    : timer_(home.executor()), ring_(std::move(ring)) {}

void alarm::ring_at(std::optional<clock::time_point> due) {
    if (!due || (due_ && *due_ <= *due)) {
        return;
    }
    ring_only_at(*due);
}

void alarm::ring_only_at(clock::time_point due) {
    due_.reset();  // what was asked for before is cancelled, also if the next line throws
    timer_.expires_at(due);
    timer_.async_wait([this](boost::system::error_code ec) {
        // One that had expired already, when it was moved, cannot be cancelled any more.
        const bool is_moved = !due_ || clock::now() < *due_;
        if (!ec && !is_moved) {
            due_.reset();
            ring_();
        }
    });
    due_ = due;
}

}  // namespace gim::worker
