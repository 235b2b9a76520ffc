#pragma once

#include "net/sockets.hpp"
#include "net/unique_fd.hpp"
#include "worker/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>

namespace gim::net {

// Accepts one worker's connections from one listening socket. Out of descriptors or memory it
// waits, 10 ms to 1 s, instead of spinning.
//
// Threads: the worker's.
class acceptor {
public:
    // `on_socket` gets each new connection. If it throws, that connection is closed and the next
    // accepted.
    acceptor(
        worker::worker& home,
        unique_fd listening,
        const tcp& protocol,
        std::function<void(tcp_socket)> on_socket
    );
    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    void start();
    void stop();

private:
    using executor_type = worker::worker::executor_type;

    void accept_next();
    void rest();

    asio::basic_socket_acceptor<tcp, executor_type> listening_;
    asio::basic_waitable_timer<
        std::chrono::steady_clock,
        asio::wait_traits<std::chrono::steady_clock>,
        executor_type>
        pause_;
    std::chrono::milliseconds pause_length_;
    const std::function<void(tcp_socket)> on_socket_;
};

}  // namespace gim::net
