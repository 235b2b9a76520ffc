#pragma once

#include "support/own_folder.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace gim::test {

// A real redis-server of its own on a free port of 127.0.0.1, which keeps nothing on disk and ends
// with this object.
class redis_server {
public:
    redis_server() {
        // Somebody else may take the port between the look and the start.
        for (int tries = 0; tries < 5; ++tries) {
            port_ = free_port();
            start();
            if (answers()) {
                return;
            }
            stop();
        }
        throw std::runtime_error("redis-server does not start: is it installed?");
    }
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;
    ~redis_server() { stop(); }

    std::uint16_t port() const noexcept { return port_; }
    void signal(int number) const { ::kill(process_, number); }
    // Ends it with SIGKILL; what it had is lost.
    void stop() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
            process_ = 0;
        }
    }
    // Behind stop(): an empty one, on the same port.
    void start_again() {
        start();
        if (!answers()) {
            throw std::runtime_error("redis-server does not start again");
        }
    }

private:
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    static std::uint16_t free_port() {
        const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto address = loopback(0);
        socklen_t length = sizeof address;
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        ::bind(socket, at, length);
        ::getsockname(socket, at, &length);
        ::close(socket);
        return ntohs(address.sin_port);
    }

    void start() {
        const auto port = std::to_string(port_);
        const auto folder = folder_ / "";
        std::vector<std::string> words{
            "redis-server",
            "--bind",
            "127.0.0.1",
            "--port",
            port,
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            folder,
            "--loglevel",
            "warning"};
        std::vector<char*> arguments;
        for (auto& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        process_ = ::fork();
        if (process_ == 0) {
            const int nowhere = ::open("/dev/null", O_RDWR);
            ::dup2(nowhere, STDOUT_FILENO);
            ::dup2(nowhere, STDERR_FILENO);
            ::execvp(arguments[0], arguments.data());
            ::_exit(127);
        }
    }

    // Until it answers, or has ended.
    bool answers() const {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (std::chrono::steady_clock::now() < deadline) {
            if (::waitpid(process_, nullptr, WNOHANG) != 0) {
                return false;
            }
            const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            const auto address = loopback(port_);
            const auto* const at = reinterpret_cast<const sockaddr*>(&address);
            std::array<char, 7> reply{};
            const bool is_there = ::connect(socket, at, sizeof address) == 0 &&
                                  ::send(socket, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
                                  ::recv(socket, reply.data(), reply.size(), MSG_WAITALL) == 7;
            ::close(socket);
            if (is_there) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }

    own_folder folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
};

}  // namespace gim::test
