#include "unit/gateway/running_gateway.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <utility>

// Beast's WebSocket is somebody else's reading of RFC 6455: here it is the client.

using namespace gim::test;
namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

class beast_client {
public:
    explicit beast_client(const running_gateway& g) {
        stream_.next_layer().connect(g.where);
        stream_.control_callback(
            [this](websocket::frame_type kind, boost::beast::string_view text) {
                if (kind == websocket::frame_type::pong) {
                    last_pong = std::string(text);
                }
            }
        );
        stream_.handshake(answer, "x", "/ws");
    }

    std::string ask(const std::string& text) {
        stream_.text(true);
        stream_.write(asio::buffer(text));
        return read();
    }
    std::string read() {
        boost::beast::flat_buffer received;
        stream_.read(received);
        return boost::beast::buffers_to_string(received.data());
    }

    websocket::response_type answer;
    std::string last_pong;

private:
    asio::io_context context_;

public:
    websocket::stream<asio::ip::tcp::socket> stream_{context_};
};

}  // namespace

TEST_CASE("Beast's client takes the answer to its upgrade") {
    running_gateway g;
    beast_client c(g);
    CHECK(c.answer.result_int() == 101);
    CHECK(c.answer["Server"] == "gim");
    CHECK(c.answer.count("Sec-WebSocket-Extensions") == 0);
    CHECK(c.answer.count("Sec-WebSocket-Protocol") == 0);
}

TEST_CASE("Beast's client is answered, for messages of every size and in fragments") {
    running_gateway g;
    beast_client c(g);
    CHECK(c.ask("login") == "login");
    for (const std::size_t size : {0U, 1U, 125U, 126U, 511U, 512U, 4096U, 65535U, 65536U}) {
        CAPTURE(size);
        const std::string text(size, 'x');
        CHECK(c.ask(text) == text);
    }
    c.stream_.write_buffer_bytes(64);
    for (const std::size_t size : {65U, 200U, 64U * 60}) {
        CAPTURE(size);
        const std::string text(size, 'y');
        c.stream_.auto_fragment(true);
        CHECK(c.ask(text) == text);
    }
}

TEST_CASE("Beast's client gets its pongs, and both sides close") {
    running_gateway g;
    beast_client c(g);
    c.stream_.ping("are you there");
    CHECK(c.ask("hello") == "hello");
    CHECK(c.last_pong == "are you there");
    c.stream_.close({websocket::close_code::going_away, "bye"});
    CHECK(c.stream_.reason().code == websocket::close_code::going_away);
    CHECK(g.has_connections(0));
}

TEST_CASE("Beast's client understands why it is closed, and answers") {
    running_gateway g;
    beast_client c(g);
    boost::system::error_code ec;
    c.stream_.write(asio::buffer(std::string(4097, 'x')));
    boost::beast::flat_buffer received;
    c.stream_.read(received, ec);
    CHECK(ec == websocket::error::closed);
    CHECK(c.stream_.reason().code == websocket::close_code::too_big);
    CHECK(c.stream_.reason().reason == "message too long");
    c.stream_.next_layer().close();
    CHECK(g.has_connections(0));
}
