#include "net/secure.hpp"

#include "net/http_date.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <string>
#include <string_view>

namespace gim::net {

namespace {

using boost::system::error_code;

std::string use_tls() {
    std::string text = "HTTP/1.1 400 Bad Request\r\n";
    text += date_field();
    text +=
        "Server: gim\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Connection: close\r\n"
        "Content-Length: 40\r\n"
        "\r\n"
        "this port speaks TLS: use wss or https.\n";
    return text;
}

// A method is upper case, and the first byte of TLS (RFC 8446, 5.1) is far from that.
bool is_plain_http(std::string_view received) {
    return received.front() >= 'A' && received.front() <= 'Z';
}

}  // namespace

asio::awaitable<error_code> secure(
    stream& connection,
    const tls_context& context,
    std::string& received,
    stats::counters& counters
) {
    if (received.empty()) {
        std::array<char, 2048> chunk;
        const auto space = asio::buffer(chunk);
        auto [ec, n] = co_await connection.async_read_some(space, use_ec);
        if (ec) {
            co_return ec;
        }
        received.assign(chunk.data(), n);
    }
    if (is_plain_http(received)) {
        const auto text = use_tls();
        const auto answer = asio::buffer(text);
        auto [ec, n] = co_await asio::async_write(connection, answer, use_ec);
        (void)n;
        (void)ec;  // refused it is either way
        counters.add(stats::event::tls_handshake_failed);
        co_return asio::error::connection_aborted;
    }
    auto session = context.new_session();
    if (!session->feed(received)) {
        co_return make_error_code(boost::system::errc::not_enough_memory);
    }
    received = {};
    const auto ec = co_await connection.start_tls(std::move(session));
    if (ec == boost::system::errc::protocol_error) {
        spdlog::debug("TLS handshake failed: {}", connection.tls()->failure());
        counters.add(stats::event::tls_handshake_failed);
    }
    co_return ec;
}

}  // namespace gim::net
