#include "net/end_gently.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

namespace gim::net {

asio::awaitable<void> end_gently(stream& connection) {
    auto ec = co_await connection.shut_down();
    while (!ec) {
        std::array<char, 1024> dropped;
        const auto space = asio::buffer(dropped);
        // Of the socket: what is dropped need not be decrypted.
        auto [failed, n] = co_await connection.socket().async_read_some(space, use_ec);
        (void)n;
        ec = failed;
    }
    connection.close();
}

}  // namespace gim::net
