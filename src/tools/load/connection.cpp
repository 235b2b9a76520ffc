#include "tools/load/connection.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace gim::load {

namespace {

void set_option(int fd, int level, int name, int value) noexcept {
    // These only make it faster or more frugal; a socket that refuses works all the same.
    ::setsockopt(fd, level, name, &value, sizeof(value));
}

[[noreturn]] void out_of_descriptors() {
    throw std::runtime_error(
        "no descriptor is left for another connection; allow more (ulimit -n) or use fewer"
    );
}

[[noreturn]] void out_of_ports() {
    throw std::runtime_error(
        "no local port is left to connect from; use fewer connections, or widen "
        "net.ipv4.ip_local_port_range"
    );
}

}  // namespace

void connection::connect(
    const client::endpoint& to,
    std::size_t source,
    std::unique_ptr<client::dialect> speaks
) {
    close();
    dialect_ = std::move(speaks);
    fd_ = ::socket(to.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
        out_of_descriptors();
    }
    set_option(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
    if (has_small_buffer_) {
        set_option(fd_, SOL_SOCKET, SO_RCVBUF, 1);  // the least that the kernel gives
    }
    if (source > 0 && to.is_ipv4_loopback()) {
        // The port is chosen by connect(), which knows that ports may be shared between targets.
        set_option(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
        const sockaddr_in from = client::loopback_source(source);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0) {
            out_of_ports();
        }
    }
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to.address), to.length) != 0 &&
        errno != EINPROGRESS) {
        if (errno == EADDRNOTAVAIL || errno == EADDRINUSE) {
            out_of_ports();
        }
        end(std::string("cannot connect: ") + std::strerror(errno));
        return;
    }
    is_connecting_ = true;
    reads_ = true;
    poller_.add(fd_, EPOLLOUT, *this);
}

void connection::stop_reading() {
    reads_ = false;
    watch();
}

void connection::read_on() {
    reads_ = true;
    if (is_open()) {
        watch();
    }
}

void connection::close() {
    if (fd_ >= 0) {
        ::close(fd_);
        fd_ = -1;
    }
    is_connecting_ = false;
    is_blocked_ = false;
    out_.clear();
    failure_.clear();
}

void connection::watch() {
    // That the peer has ended is told even to those who do not read.
    const std::uint32_t events =
        (reads_ ? EPOLLIN : EPOLLRDHUP) | (is_blocked_ ? EPOLLOUT : std::uint32_t{0});
    poller_.change(fd_, events, *this);
}

void connection::end(std::string_view why) {
    const std::string text(why);  // it may be in what close() clears
    close();
    owner_.on_end(*this, text);
}

void connection::on_failure(std::string_view why) {
    failure_ = why;
}

void connection::on_io(std::uint32_t events) {
    if (fd_ < 0) {  // closed by what another one brought in the same wait()
        return;
    }
    if (is_connecting_) {
        int error = 0;
        socklen_t length = sizeof(error);
        ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length);
        if (error != 0) {
            end(std::string("cannot connect: ") + std::strerror(error));
            return;
        }
        is_connecting_ = false;
        is_blocked_ = true;  // EPOLLOUT is what is waited for, until flush() finds it all sent
        out_ = dialect_->open();
        watch();
        flush();
        return;
    }
    if ((events & EPOLLOUT) != 0) {
        flush();
    }
    if (fd_ < 0) {
        return;
    }
    if (reads_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        read();
    } else if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        end("ended by the server");
    }
}

void connection::read() {
    const auto buffer = poller_.buffer();
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        end(n == 0 ? "ended by the server" : std::strerror(errno));
        return;
    }
    poller_.on_read(static_cast<std::size_t>(n));
    dialect_->feed({buffer.data(), static_cast<std::size_t>(n)}, out_, *this);
    if (!out_.empty()) {
        flush();
    }
    if (fd_ >= 0 && !failure_.empty()) {
        end(failure_);
    }
}

void connection::flush() {
    if (fd_ < 0 || is_connecting_) {
        return;
    }
    const ssize_t n = out_.empty() ? 0 : ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        // What the server had to say before it ended is still to be read, and then its end.
        out_.clear();
    } else if (n > 0) {
        out_.erase(0, static_cast<std::size_t>(n));
    }
    if (is_blocked_ == out_.empty()) {
        is_blocked_ = !out_.empty();
        watch();
    }
}

}  // namespace gim::load
