#pragma once

#include "push/local_audience.hpp"
#include "websocket/close_code.hpp"

#include <string_view>

namespace gim::node {

// Ends connections of one worker for the rules, which know no sockets. The gateway has one a
// worker.
//
// Threads: its worker's.
class connection_closer {
public:
    virtual ~connection_closer() = default;

    // Says so to the connection behind what waits for it, and ends it; nothing if it is gone or is
    // closing already. What still comes from it is dropped.
    virtual void
    close(push::connection_id id, websocket::close_code code, std::string_view reason) = 0;
};

}  // namespace gim::node
