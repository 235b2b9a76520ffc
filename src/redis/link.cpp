#include "redis/link.hpp"

#include <boost/asio/connect.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace gim::redis {

namespace asio = boost::asio;

namespace {

// A buffer keeps its memory for the next burst, unless that is far above the usual.
void empty(std::string& buffer) noexcept {
    constexpr std::size_t worth_keeping = std::size_t{256} * 1024;
    buffer.clear();
    if (buffer.capacity() > worth_keeping) {
        std::string().swap(buffer);
    }
}

}  // namespace

link::link(worker::worker& home, owner& of)
    : home_(home), owner_(&of), resolver_(home.executor()), socket_(home.executor()) {}

void link::open(const url& where) {
    resolver_.async_resolve(
        where.host,
        std::to_string(where.port),
        asio::ip::resolver_base::numeric_service,
        [self =
             shared_from_this()](boost::system::error_code ec, tcp::resolver::results_type found) {
            if (self->owner_ == nullptr) {
                return;
            }
            if (ec) {
                self->end(ec.message());
                return;
            }
            asio::async_connect(
                self->socket_,
                std::move(found),
                [self](boost::system::error_code failed, const tcp::endpoint&) {
                    self->connected(failed);
                }
            );
        }
    );
}

void link::close() noexcept {
    owner_ = nullptr;
    resolver_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void link::end(const std::string& why) {
    if (auto* const told = std::exchange(owner_, nullptr)) {
        close();
        told->ended(why);
    }
}

void link::connected(boost::system::error_code ec) {
    if (owner_ == nullptr) {
        return;
    }
    if (!ec) {
        socket_.set_option(tcp::no_delay(true), ec);
    }
    if (!ec) {
        socket_.non_blocking(true, ec);
    }
    if (ec) {
        end(ec.message());
        return;
    }
    is_open_ = true;
    wait_to_read();
    owner_->opened();
    flush_soon();
}

void link::wait_to_read() {
    socket_.async_wait(
        tcp::socket::wait_read,
        [self = shared_from_this()](boost::system::error_code ec) {
            if (self->owner_ == nullptr) {
                return;
            }
            if (ec) {
                self->end(ec.message());
                return;
            }
            self->read();
        }
    );
}

void link::read() {
    static thread_local std::array<char, std::size_t{64} * 1024> buffer;
    // Some of it, for a burst of replies must not hold up everybody else on the worker.
    for (int rounds = 0; rounds < 4; ++rounds) {
        const auto n = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            break;
        }
        if (n <= 0) {
            end(n == 0 ? "closed by Redis" : std::strerror(errno));
            return;
        }
        const auto length = static_cast<std::size_t>(n);
        reader_.feed(std::span(buffer.data(), length));
        if (!tell_replies()) {
            return;
        }
        if (length < buffer.size()) {
            break;
        }
    }
    wait_to_read();
}

bool link::tell_replies() {
    try {
        while (auto reply = reader_.next()) {
            owner_->received(std::move(reply));
            if (owner_ == nullptr) {
                return false;
            }
        }
    } catch (const std::exception& e) {  // what comes next would not be understood
        end(e.what());
        return false;
    }
    if (!reader_.why().empty()) {
        end("not understood: " + reader_.why());
        return false;
    }
    return true;
}

void link::flush_soon() {
    if (is_open_ && !is_flush_posted_ && !is_blocked_) {
        home_.post([self = shared_from_this()] {
            self->is_flush_posted_ = false;
            self->flush();
        });
        is_flush_posted_ = true;
    }
}

void link::flush() {
    while (owner_ != nullptr && !is_blocked_ && has_unsent()) {
        if (written_ == writing_.size()) {
            writing_.clear();  // and keeps what it has allocated
            written_ = 0;
            writing_.swap(out_);
        }
        const auto n = ::send(
            socket_.native_handle(),
            writing_.data() + written_,
            writing_.size() - written_,
            MSG_NOSIGNAL
        );
        if (n >= 0) {
            written_ += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN) {
            socket_.async_wait(
                tcp::socket::wait_write,
                [self = shared_from_this()](boost::system::error_code) {
                    self->is_blocked_ = false;
                    self->flush();
                }
            );
            is_blocked_ = true;
            return;
        } else if (errno != EINTR) {
            end(std::strerror(errno));
            return;
        }
    }
    if (owner_ != nullptr) {
        empty(writing_);
        empty(out_);
        written_ = 0;
    }
}

}  // namespace gim::redis
