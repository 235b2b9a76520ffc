#include "gateway/flusher.hpp"

namespace gim::gateway {

// Posted, the flush runs behind what is ready now: the frames of a whole turn go with one call.
flusher::flusher(worker::worker& home, push::flush_options options)
    : home_(home),
      list_(options, [this] { home_.post([this] { flush(); }); }),
      timer_(home.executor()) {}

void flusher::flush() {
    list_.flush(clock::now());
    list_.finished(clock::now());
    const auto due = list_.next_due();
    if (!due || (timer_due_ && *timer_due_ <= *due)) {
        return;
    }
    timer_due_ = due;
    timer_.expires_at(*due);
    timer_.async_wait([this](boost::system::error_code ec) {
        if (!ec) {
            timer_due_.reset();
            flush();
        }
    });
}

}  // namespace gim::gateway
