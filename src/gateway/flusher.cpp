#include "gateway/flusher.hpp"

namespace gim::gateway {

// Posted, the flush runs behind what is ready now: the frames of a whole turn go with one call.
flusher::flusher(worker::worker& home, push::flush_options options)
    : home_(home),
      list_(options, [this] { home_.post([this] { flush(); }); }),
      alarm_(home, [this] { flush(); }) {}

void flusher::flush() {
    list_.flush(clock::now());
    list_.finished(clock::now());
    alarm_.ring_at(list_.next_due());
}

}  // namespace gim::gateway
