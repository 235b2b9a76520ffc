#pragma once

#include "net/sockets.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <string_view>

namespace gim::net {

// Tells those who are turned away why.
//
// Problem: a socket that is closed at once, with the request unread, resets the connection, and
// most clients then lose the answer. So we wait a moment for the client to read and close. A flood
// must not make us wait for thousands: beyond some they are closed without that.
//
// Threads: the worker's.
class refuser {
public:
    explicit refuser(worker::worker& home) : home_(home) {}
    refuser(const refuser&) = delete;
    refuser& operator=(const refuser&) = delete;

    // Sends `answer`, if there is one and the socket takes it at once, and ends the connection.
    void refuse(tcp_socket socket, std::string_view answer);

private:
    worker::worker& home_;
    std::size_t leaving_ = 0;
};

}  // namespace gim::net
