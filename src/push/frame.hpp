#pragma once

#include "websocket/websocket_frame.hpp"
#include "worker/memory_budget.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace gim::push {

// A frame waiting in the outboxes of one worker's connections.
//
// Problem: a packet to a room is one run of bytes for everybody, but a reference count shared by
// all workers would bounce between their caches at every delivery. So a worker counts its own
// references in a frame of its own, and only the frames share the bytes. Threads: one worker's, its
// last reference included.
class frame : public boost::intrusive_ref_counter<frame, boost::thread_unsafe_counter> {
public:
    using clock = std::chrono::steady_clock;

    frame(websocket::shared_websocket_frame shared, clock::time_point made)
        : owner_(std::move(shared)), bytes_(std::get<0>(owner_)->bytes()), made_(made) {}
    // Bytes of its own count in `memory` as long as it lives; null: nowhere.
    frame(
        websocket::websocket_frame own,
        clock::time_point made,
        worker::memory_budget* memory = nullptr
    )
        : owner_(std::move(own)),
          bytes_(std::get<1>(owner_).bytes()),
          made_(made),
          counted_(memory) {
        counted_.resize(bytes_.size() + sizeof(frame));
    }
    // Bytes of the WebSocket layer itself: a handshake's answer, a pong, a close.
    frame(std::string raw, clock::time_point made, worker::memory_budget* memory = nullptr)
        : owner_(std::move(raw)), bytes_(std::get<2>(owner_)), made_(made), counted_(memory) {
        counted_.resize(bytes_.size() + sizeof(frame));
    }
    frame(const frame&) = delete;
    frame& operator=(const frame&) = delete;

    std::string_view bytes() const noexcept { return bytes_; }
    // Since when it waits: a frame is queued as soon as it is made. Kept here and not in the
    // queues, so that a packet to a room asks the clock once and not once a member.
    clock::time_point made() const noexcept { return made_; }

private:
    const std::variant<websocket::shared_websocket_frame, websocket::websocket_frame, std::string>
        owner_;
    const std::string_view bytes_;
    const clock::time_point made_;
    worker::memory_budget::share counted_;  // shared bytes count where they were encoded
};

using frame_ptr = boost::intrusive_ptr<const frame>;

template <class Bytes>
frame_ptr make_frame(Bytes&& bytes, frame::clock::time_point now = frame::clock::now()) {
    return frame_ptr(new frame(std::forward<Bytes>(bytes), now));
}

}  // namespace gim::push
