#pragma once

#include "redis/command.hpp"
#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"
#include "support/fake_redis.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace gim::test {

// One command on a connection of its own: what the reply says, of a number its digits. For what
// tests do to a Redis behind the back of gim.
template <class... Arguments>
std::string ask_redis(std::uint16_t port, const Arguments&... arguments) {
    const patient_socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string command;
    redis::append_command(command, arguments...);
    const auto* const at = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.get(), at, sizeof address) != 0 ||
        ::send(socket.get(), command.data(), command.size(), MSG_NOSIGNAL) < 0) {
        throw std::runtime_error("Redis cannot be asked");
    }
    redis::reply_reader reader;
    for (;;) {
        std::array<char, 4096> buffer;
        const auto n = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            throw std::runtime_error("Redis does not answer");
        }
        reader.feed(std::span(buffer.data(), static_cast<std::size_t>(n)));
        if (const auto reply = reader.next()) {
            const redis::reply_view r(reply.get());
            return r.text().empty() ? std::to_string(r.integer()) : std::string(r.text());
        }
    }
}

}  // namespace gim::test
