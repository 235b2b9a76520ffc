#include "net/acceptor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>

namespace gim::net {

namespace {
constexpr std::chrono::milliseconds shortest_pause{10};
constexpr std::chrono::milliseconds longest_pause{1000};
}  // namespace

acceptor::acceptor(
    worker::worker& home,
    unique_fd listening,
    const tcp& protocol,
    std::function<void(tcp_socket)> on_socket
)
    : listening_(home.executor(), protocol, listening.release()),
      pause_(home.executor()),
      pause_length_(shortest_pause),
      on_socket_(std::move(on_socket)) {}

void acceptor::start() {
    accept_next();
}

void acceptor::stop() {
    boost::system::error_code ignored;  // closing a listening socket loses nothing
    listening_.close(ignored);
    pause_.cancel();
}

void acceptor::accept_next() {
    listening_.async_accept([this](boost::system::error_code ec, tcp_socket socket) {
        if (!listening_.is_open()) {
            return;
        }
        if (ec) {
            // ECONNABORTED and the like concern one connection; the rest (EMFILE, ENFILE, ENOBUFS,
            // ENOMEM) does not pass at once.
            if (ec == asio::error::connection_aborted) {
                accept_next();
            } else {
                spdlog::warn(
                    "cannot accept: {}; trying again in {} ms", ec.message(), pause_length_.count()
                );
                rest();
            }
            return;
        }
        pause_length_ = shortest_pause;
        try {
            on_socket_(std::move(socket));
        } catch (const std::exception& e) {
            spdlog::error("a connection could not begin: {}", e.what());
        }
        accept_next();
    });
}

void acceptor::rest() {
    pause_.expires_after(pause_length_);
    pause_length_ = std::min(pause_length_ * 2, longest_pause);
    pause_.async_wait([this](boost::system::error_code ec) {
        if (!ec && listening_.is_open()) {
            accept_next();
        }
    });
}

}  // namespace gim::net
