#pragma once

#include "net/admission.hpp"
#include "net/door_rules.hpp"
#include "net/peer.hpp"
#include "net/refuser.hpp"
#include "net/sockets.hpp"
#include "net/unique_fd.hpp"
#include "worker/timing_wheel.hpp"
#include "worker/worker.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

#include <chrono>
#include <functional>
#include <string>

namespace gim::net {

// What a door does with those who come.
struct door_calls {
    // Somebody came in. If it throws, that connection is closed and the next accepted.
    std::function<void(arrival)> on_arrival;
    // The bytes of an answer to somebody who is turned away. Empty: just close the connection, as
    // where an answer would cost a TLS handshake.
    std::function<std::string(const http_error&)> refusal;
};

// Accepts one worker's connections from one listening socket, as far as the admission allows.
//
// Out of descriptors it must not spin: accepting fails at once and the next connection still waits.
// So it keeps one spare descriptor, with which it accepts those who wait and closes them, and rests
// between two tries, 10 ms to 1 s. It does so as well when there is no memory to accept with.
//
// Threads: the worker's.
class acceptor {
public:
    // `all` and `rules` are borrowed and must outlive the acceptor and those who came in.
    acceptor(
        worker::worker& home,
        unique_fd listening,
        const tcp& protocol,
        door where,
        admission& all,
        const door_rules& rules,
        door_calls calls
    );
    acceptor(const acceptor&) = delete;
    acceptor& operator=(const acceptor&) = delete;

    void start();
    void stop();
    // Who comes meanwhile waits in the queue of the socket.
    void pause();
    void resume();

private:
    using executor_type = worker::worker::executor_type;

    // Waits for the next one, unless it does so already, rests or is paused.
    void go_on();
    bool may_accept() const noexcept;
    void wait();
    void accept_some() noexcept;
    // False: nobody is there.
    bool accept_one();
    void take(tcp_socket socket, const asio::ip::address& from);
    void turn_away(refusal why, tcp_socket socket, const asio::ip::address& from);
    void on_failure(boost::system::error_code why);
    void close_waiting();
    void rest();

    worker::worker& home_;
    asio::basic_socket_acceptor<tcp, executor_type> listening_;
    worker::timeout pause_;  // armed while it rests
    std::chrono::milliseconds pause_length_;
    bool is_paused_ = false;
    bool is_waiting_ = false;  // for somebody to come
    unique_fd spare_;
    const door where_;
    admission& all_;
    const door_rules& rules_;
    refuser refuser_;
    const door_calls calls_;
};

}  // namespace gim::net
