#pragma once

#include "support/on_worker.hpp"

#include <arpa/inet.h>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace gim::test {

using command_words = std::vector<std::string>;

// A descriptor whose calls do not wait for ever.
class patient_socket {
public:
    explicit patient_socket(int descriptor) : descriptor_(descriptor) {
        if (descriptor < 0) {
            throw std::runtime_error("waited too long for a connection, or no socket");
        }
        const timeval longest{patience.count(), 0};
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    }
    patient_socket(patient_socket&& from) noexcept
        : descriptor_(std::exchange(from.descriptor_, -1)) {}
    patient_socket& operator=(patient_socket&&) = delete;
    ~patient_socket() { close(); }

    int get() const noexcept { return descriptor_; }
    void close() noexcept {
        if (const int old = std::exchange(descriptor_, -1); old >= 0) {
            ::close(old);
        }
    }

private:
    int descriptor_;
};

// One connection of a client of ours, whose server is played by the test.
class fake_redis_peer {
public:
    explicit fake_redis_peer(int descriptor) : socket_(descriptor) {}

    // The next command, as its arguments.
    command_words command() {
        command_words out(number_behind('*'));
        for (auto& argument : out) {
            const auto size = number_behind('$');
            need(size + 2);
            argument = bytes_.substr(0, size);
            bytes_.erase(0, size + 2);
        }
        return out;
    }
    void answer(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                throw std::runtime_error("the client is gone");
            }
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    // Answers the next command.
    command_words command(std::string_view answered_with) {
        auto out = command();
        answer(answered_with);
        return out;
    }
    void close() noexcept { socket_.close(); }
    // Waits until the client has closed it.
    bool is_closed_by_client() {
        char byte = 0;
        return bytes_.empty() && ::recv(socket_.get(), &byte, 1, 0) <= 0;
    }

private:
    void need(std::size_t n) {
        while (bytes_.size() < n) {
            receive();
        }
    }
    void receive() {
        char buffer[4096];
        const auto n = ::recv(socket_.get(), buffer, sizeof buffer, 0);
        if (n <= 0) {
            throw std::runtime_error("no command came");
        }
        bytes_.append(buffer, static_cast<std::size_t>(n));
    }
    std::size_t number_behind(char kind) {
        std::size_t end = 0;
        while ((end = bytes_.find("\r\n")) == std::string::npos) {
            receive();
        }
        if (bytes_.front() != kind) {
            throw std::runtime_error("that is no command: " + bytes_);
        }
        const auto number = std::stoul(bytes_.substr(1, end - 1));
        bytes_.erase(0, end + 2);
        return number;
    }

    patient_socket socket_;
    std::string bytes_;  // received, and not taken yet
};

// Takes connections on a port of 127.0.0.1 for a test that plays a Redis: what a real one never
// does, or not when it is wanted.
class fake_redis {
public:
    fake_redis() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        if (::bind(socket_.get(), at, length) != 0 || ::listen(socket_.get(), 16) != 0 ||
            ::getsockname(socket_.get(), at, &length) != 0) {
            throw std::runtime_error("no port");
        }
        port_ = ntohs(address.sin_port);
    }

    std::uint16_t port() const noexcept { return port_; }
    fake_redis_peer accept() {
        return fake_redis_peer(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }

private:
    patient_socket socket_;
    std::uint16_t port_ = 0;
};

}  // namespace gim::test
