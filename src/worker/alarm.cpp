#include "worker/alarm.hpp"

namespace gim::worker {

alarm::alarm(worker& home, std::function<void()> ring)
    : timer_(home.executor()), ring_(std::move(ring)) {}

void alarm::ring_at(std::optional<clock::time_point> due) {
    if (!due || (due_ && *due_ <= *due)) {
        return;
    }
    due_ = due;
    timer_.expires_at(*due);
    timer_.async_wait([this](boost::system::error_code ec) {
        if (!ec) {
            due_.reset();
            ring_();
        }
    });
}

}  // namespace gim::worker
