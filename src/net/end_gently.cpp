#include "net/end_gently.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

namespace gim::net {

asio::awaitable<void> end_gently(stream& connection) {
    boost::system::error_code ec;
    connection.socket().shutdown(tcp_socket::shutdown_send, ec);
    while (!ec) {
        std::array<char, 1024> dropped;
        const auto space = asio::buffer(dropped);
        auto [failed, n] = co_await connection.socket().async_read_some(space, use_ec);
        (void)n;
        ec = failed;
    }
    connection.close();
}

}  // namespace gim::net
