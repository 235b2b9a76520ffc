#include "gateway/flusher.hpp"

#include <utility>

namespace gim::gateway {

flusher::flusher(worker::worker& home, push::flush_options options)
    : home_(home),
      patience_(options.window),
      list_(options, [this] { wake(); }),
      alarm_(home, [this] { flush(); }) {}

void flusher::wake() {
    woken_at_ = clock::now();
    seen_ = list_.added();
    home_.post([this] { end_of_turn(); });
}

// Posted, it runs behind what was ready when the turn began.
void flusher::end_of_turn() {
    if (list_.added() != seen_ && clock::now() < woken_at_ + patience_) {
        seen_ = list_.added();
        home_.post([this] { end_of_turn(); });
        return;
    }
    flush();
}

void flusher::flush() {
    list_.flush(clock::now());
    list_.finished(clock::now());
    if (list_.has_more()) {
        if (!std::exchange(is_going_on_, true)) {
            home_.post([this] {
                is_going_on_ = false;
                flush();
            });
        }
    } else {
        alarm_.ring_at(list_.next_due());
    }
}

}  // namespace gim::gateway
