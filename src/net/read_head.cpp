#include "net/read_head.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

namespace gim::net {

asio::awaitable<read_head_outcome>
read_head(stream& socket, std::string& buffer, const http_limits& limits) {
    head_reader reader(limits);
    for (;;) {
        auto used = reader.feed(buffer);
        if (!used) {
            co_return used.error();
        }
        buffer.erase(0, *used);
        if (reader.is_complete()) {
            co_return reader.take();
        }
        std::array<char, 2048> chunk;
        const auto space = asio::buffer(chunk);
        auto [ec, n] = co_await socket.async_read_some(space, use_ec);
        if (ec) {
            co_return ec;
        }
        buffer.append(chunk.data(), n);
    }
}

}  // namespace gim::net
