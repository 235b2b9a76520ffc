#pragma once

#include "push/flush_list.hpp"
#include "push/outbox.hpp"
#include "websocket/websocket_frame.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gim::test {

inline push::frame_ptr raw_frame(std::string bytes, push::frame::clock::time_point made = {}) {
    return push::make_frame(std::move(bytes), made);
}

// What waits in an outbox.
inline std::string waiting_bytes(const push::outbox& box) {
    std::vector<iovec> parts(4096);
    parts.resize(box.gather(parts));
    std::string bytes;
    for (const auto& p : parts) {
        bytes.append(static_cast<const char*>(p.iov_base), p.iov_len);
    }
    return bytes;
}

// An outbox whose socket takes everything and remembers it.
class written_outbox final : public push::outbox_writer {
public:
    explicit written_outbox(push::flush_list& list, push::outbox_options options = {})
        : box(*this, list, options) {}

    void flush() noexcept override {
        ++flushes;
        written += waiting_bytes(box);
        box.consume(box.bytes());
        if (on_flush) {
            on_flush();
        }
    }

    push::outbox box;
    int flushes = 0;
    std::string written;
    std::function<void()> on_flush;
};

}  // namespace gim::test
