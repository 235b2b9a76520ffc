#include "net/stream.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace gim::net {

namespace {

constexpr auto tls_failure = boost::system::errc::protocol_error;

boost::system::error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

}  // namespace

void stream::close() noexcept {
    error_code ignored;  // there is nothing left to lose
    socket_.close(ignored);
}

std::size_t stream::send(std::span<const iovec> parts, error_code& ec) noexcept {
    msghdr call{};
    call.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg() does not write to it
    call.msg_iovlen = parts.size();
    const auto fd = socket_.native_handle();
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t n = 0;
    do {
        // One buffer is the usual case, and send() is cheaper than sendmsg() then.
        n = parts.size() == 1 ? ::send(fd, parts[0].iov_base, parts[0].iov_len, flags)
                              : ::sendmsg(fd, &call, flags);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        ec = last_error();
        return 0;
    }
    ec = {};
    return static_cast<std::size_t>(n);
}

// One record at a time: what is encrypted waits in the memory of this connection alone.
std::size_t stream::send_encrypted(std::span<const iovec> parts, error_code& ec) noexcept {
    if (!tls_->is_writing() && !tls_->write(parts)) {
        ec = make_error_code(tls_failure);
        return 0;
    }
    send_pending(ec);
    if (ec && ec != asio::error::would_block) {
        return 0;
    }
    const auto n = tls_->take_written();
    if (n > 0) {
        ec = {};
    }
    return n;
}

// would_block: some of it still waits.
void stream::send_pending(error_code& ec) noexcept {
    ec = {};
    while (!ec && !tls_->pending().empty()) {
        const auto bytes = tls_->pending();
        const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
        tls_->sent(send({&part, 1}, ec));
    }
}

// What has come, for the session.
void stream::receive(error_code& ec) noexcept {
    std::array<char, tls_session::max_record_bytes + tls_session::max_record_overhead> chunk;
    ssize_t n = 0;
    do {
        n = ::recv(socket_.native_handle(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        const bool fed = tls_->feed({chunk.data(), static_cast<std::size_t>(n)});
        ec = fed ? error_code() : make_error_code(boost::system::errc::not_enough_memory);
    } else if (n == 0) {
        ec = asio::error::eof;
    } else {
        ec = last_error();
    }
}

// would_block: what has come is not enough.
std::size_t stream::decrypt(asio::mutable_buffer space, error_code& ec) noexcept {
    std::size_t n = 0;
    const auto what = tls_->read({static_cast<char*>(space.data()), space.size()}, n);
    // TLS itself answers now and then. If the socket takes it not now, it goes with the next write.
    send_pending(ec);
    using outcome = tls_session::outcome;
    switch (what) {
        case outcome::done:
            ec = {};
            break;
        case outcome::wants_bytes:
            ec = asio::error::would_block;
            break;
        case outcome::ended:
            ec = asio::error::eof;
            break;
        case outcome::failed:
            ec = make_error_code(tls_failure);
            break;
    }
    return n;
}

asio::awaitable<stream::error_code> stream::start_tls(std::unique_ptr<tls_session> session) {
    using outcome = tls_session::outcome;
    tls_ = std::move(session);
    for (;;) {
        const auto what = tls_->handshake();
        auto ec = co_await send_all_pending();
        if (what == outcome::failed || what == outcome::ended) {
            co_return make_error_code(tls_failure);
        }
        if (ec || what == outcome::done) {
            co_return ec;
        }
        auto [failed] = co_await socket_.async_wait(tcp_socket::wait_read, use_ec);
        ec = failed;
        if (!ec) {
            receive(ec);
        }
        if (ec && ec != asio::error::would_block) {
            co_return ec;
        }
    }
}

asio::awaitable<stream::error_code> stream::send_all_pending() {
    error_code ec;
    send_pending(ec);
    while (ec == asio::error::would_block) {
        auto [failed] = co_await async_wait_writable(use_ec);
        if (failed) {
            co_return failed;
        }
        send_pending(ec);
    }
    co_return ec;
}

asio::awaitable<stream::error_code> stream::shut_down() {
    error_code ec;
    if (tls_ != nullptr) {
        tls_->close();
        ec = co_await send_all_pending();
    }
    if (!ec) {
        socket_.shutdown(tcp_socket::shutdown_send, ec);
    }
    co_return ec;
}

}  // namespace gim::net
