#pragma once

#include "dialects/gim/codec.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

namespace gim::gateway {

class connection;

// What a connection does with the frames it reads.
class frame_handler {
public:
    virtual ~frame_handler() = default;

    // Called for one frame at a time; the next is read when it has completed. `bytes` live until
    // then. An exception closes that connection with 1011 and concerns no other.
    virtual boost::asio::awaitable<void>
    on_frame(connection& from, websocket::frame_kind kind, std::string_view bytes) = 0;
    // The connection has ended; called once, after the last on_frame() has completed.
    virtual boost::asio::awaitable<void> on_end(connection& from) = 0;
};

}  // namespace gim::gateway
