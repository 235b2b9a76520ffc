#pragma once

#include "net/sockets.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <span>
#include <sys/uio.h>
#include <utility>

namespace gim::net {

// The bytes of one accepted connection, both ways, whatever lies below. An AsyncReadStream and
// AsyncWriteStream as Asio knows them; like a socket, it closes at its end.
//
// Threads: its worker's.
class stream {
public:
    using executor_type = tcp_socket::executor_type;
    using error_code = boost::system::error_code;

    explicit stream(tcp_socket socket) : socket_(std::move(socket)) {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    // For what concerns the connection and not its bytes.
    tcp_socket& socket() noexcept { return socket_; }
    bool is_open() const noexcept { return socket_.is_open(); }
    // Closes the socket now; what waits is lost, and everything pending completes.
    void close() noexcept;

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& space, Token&& token) {
        return socket_.async_read_some(space, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& bytes, Token&& token) {
        return socket_.async_write_some(bytes, std::forward<Token>(token));
    }

    // Writes what the socket takes at once of these buffers; returns how much. would_block:
    // nothing, wait until it is writable.
    std::size_t write_some(std::span<const iovec> parts, error_code& ec) noexcept;

    template <class Token>
    auto async_wait_writable(Token&& token) {
        return socket_.async_wait(tcp_socket::wait_write, std::forward<Token>(token));
    }

private:
    tcp_socket socket_;
};

}  // namespace gim::net
