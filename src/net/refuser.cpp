#include "net/refuser.hpp"

#include "net/end_gently.hpp"
#include "worker/spawn.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <sys/socket.h>
#include <utility>

namespace gim::net {

namespace {

constexpr std::size_t most_leaving = 256;
constexpr std::chrono::seconds patience{1};

// A connection, and the time after which it is closed whatever the client does.
struct leaving {
    explicit leaving(tcp_socket s)
        : connection(std::move(s)), deadline([this] { connection.close(); }) {}

    stream connection;
    worker::timeout deadline;
};

}  // namespace

void refuser::refuse(tcp_socket socket, std::string_view answer) {
    if (answer.empty()) {
        return;  // which closes it
    }
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    // Nothing was written to this socket before, so it takes a few hundred bytes.
    const auto sent = ::send(socket.native_handle(), answer.data(), answer.size(), flags);
    if (sent < 0 || leaving_ == most_leaving) {
        return;
    }
    const auto who = std::make_shared<leaving>(std::move(socket));
    home_.arm(who->deadline, patience);
    ++leaving_;
    worker::spawn(home_, "a refusal", [this, who]() -> asio::awaitable<void> {
        co_await end_gently(who->connection);
        who->deadline.cancel();
        --leaving_;
    });
}

}  // namespace gim::net
