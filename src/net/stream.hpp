#pragma once

#include "net/sockets.hpp"
#include "net/tls_session.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <sys/uio.h>
#include <utility>

namespace gim::net {

// The bytes of one accepted connection, both ways: those of the socket, or, after start_tls(), what
// TLS makes of them. An AsyncReadStream and AsyncWriteStream as Asio knows them, for one read and
// one write at a time; like a socket, it closes at its end.
//
// Problem: nearly all connections of many servers are plain, and a fan-out writes thousands of them
// in a row. So TLS costs a plain one a pointer and a branch.
//
// Errors: the socket's; eof, however the peer ended; protocol_error: TLS failed. Threads: its
// worker's.
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

    // Completes when the handshake is done, or has failed and the peer was told why. Nothing may be
    // pending.
    asio::awaitable<error_code> start_tls(std::unique_ptr<tls_session> session);
    // Null: plain.
    const tls_session* tls() const noexcept { return tls_.get(); }

    template <class Token>
    auto async_read_some(asio::mutable_buffer space, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, asio::mutable_buffer to) {
                if (tls_ == nullptr) {
                    socket_.async_read_some(to, std::move(handler));
                } else {
                    read_decrypted(to, std::move(handler));
                }
            },
            token,
            space
        );
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& bytes, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, const Buffers& from) {
                if (tls_ == nullptr) {
                    socket_.async_write_some(from, std::move(handler));
                } else {
                    write_encrypted(gathered(from), std::move(handler));
                }
            },
            token,
            bytes
        );
    }

    // Writes what the socket takes at once of these buffers; returns how much. would_block:
    // nothing, wait until it is writable. Over TLS what was not counted must come first in the next
    // call.
    std::size_t write_some(std::span<const iovec> parts, error_code& ec) noexcept {
        return tls_ == nullptr ? send(parts, ec) : send_encrypted(parts, ec);
    }

    template <class Token>
    auto async_wait_writable(Token&& token) {
        return socket_.async_wait(tcp_socket::wait_write, std::forward<Token>(token));
    }

    // Ends our side, behind what was written; over TLS not without saying so.
    asio::awaitable<error_code> shut_down();

private:
    // Enough for a head and a body; what is beyond is written by the next call.
    struct few_parts {
        std::array<iovec, 4> parts;
        std::size_t size = 0;
    };

    template <class Buffers>
    static few_parts gathered(const Buffers& from) {
        few_parts out;
        const auto end = asio::buffer_sequence_end(from);
        for (auto it = asio::buffer_sequence_begin(from); it != end; ++it) {
            const asio::const_buffer b(*it);
            if (b.size() > 0 && out.size < out.parts.size()) {
                out.parts[out.size++] = {const_cast<void*>(b.data()), b.size()};
            }
        }
        return out;
    }

    template <class Handler>
    void read_decrypted(asio::mutable_buffer space, Handler handler) {
        error_code ec;
        const auto n = decrypt(space, ec);
        if (ec == asio::error::would_block) {
            wait_for_record(space, std::move(handler));
        } else {
            complete(std::move(handler), ec, n);
        }
    }

    // A wait holds no buffer, which thousands of idle connections would.
    template <class Handler>
    void wait_for_record(asio::mutable_buffer space, Handler handler) {
        socket_.async_wait(
            tcp_socket::wait_read,
            [this, space, handler = std::move(handler)](error_code ec) mutable {
                std::size_t n = 0;
                if (!ec) {
                    receive(ec);
                }
                if (!ec) {
                    n = decrypt(space, ec);
                }
                if (ec == asio::error::would_block) {
                    wait_for_record(space, std::move(handler));
                } else {
                    std::move(handler)(ec, n);
                }
            }
        );
    }

    template <class Handler>
    void write_encrypted(few_parts from, Handler handler) {
        error_code ec;
        const auto n = from.size == 0 ? 0 : send_encrypted({from.parts.data(), from.size}, ec);
        if (ec != asio::error::would_block) {
            complete(std::move(handler), ec, n);
            return;
        }
        async_wait_writable([this, from, handler = std::move(handler)](error_code failed) mutable {
            if (failed) {
                std::move(handler)(failed, 0);
            } else {
                write_encrypted(from, std::move(handler));
            }
        });
    }

    // Never from inside the call that began the operation.
    template <class Handler>
    void complete(Handler handler, error_code ec, std::size_t n) {
        asio::post(get_executor(), [handler = std::move(handler), ec, n]() mutable {
            std::move(handler)(ec, n);
        });
    }

    std::size_t send(std::span<const iovec> parts, error_code& ec) noexcept;
    std::size_t send_encrypted(std::span<const iovec> parts, error_code& ec) noexcept;
    void send_pending(error_code& ec) noexcept;
    void receive(error_code& ec) noexcept;
    std::size_t decrypt(asio::mutable_buffer space, error_code& ec) noexcept;
    asio::awaitable<error_code> send_all_pending();

    tcp_socket socket_;
    std::unique_ptr<tls_session> tls_;
};

}  // namespace gim::net
