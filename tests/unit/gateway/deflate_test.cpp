// permessage-deflate (RFC 7692) at the gateway: what is agreed on, and what is read then.

#include "support/deflate.hpp"

#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace gim::test;

namespace {

constexpr unsigned rsv1 = 0x40, text = 0x81, binary = 0x82;

gim::gateway::gateway_options compressing(std::size_t window_bits = 15) {
    gim::gateway::gateway_options o;
    o.compression = gim::websocket::deflate_options{.window_bits = window_bits};
    return o;
}

// The answer to an upgrade that offers this.
std::string offer(raw_client& c, const std::string& extensions) {
    c.send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Extensions: " +
        extensions + "\r\n\r\n"
    );
    return c.read_head();
}

bool agrees(std::string_view head) {
    return head.find(
               "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
               "client_no_context_takeover\r\n"
           ) != std::string_view::npos;
}

// A client that agreed on compression.
struct compressing_client : raw_client {
    explicit compressing_client(const running_gateway& g) : raw_client(g) {
        if (!agrees(offer(*this, "permessage-deflate; client_max_window_bits") + "\r\n")) {
            throw std::runtime_error("no compression");
        }
    }
};

}  // namespace

TEST_CASE("compression is agreed on if it is offered and switched on") {
    running_gateway off, on(compressing()), narrow(compressing(10));
    raw_client a(off), b(on), c(on), d(narrow), e(on), f(on);
    CHECK(offer(a, "permessage-deflate").find("Extensions") == std::string::npos);
    CHECK(agrees(offer(b, "permessage-deflate") + "\r\n"));
    CHECK(c.upgrade().find("Extensions") == std::string::npos);
    CHECK(offer(d, "permessage-deflate").ends_with("; server_max_window_bits=10"));
    CHECK(
        offer(e, "permessage-deflate; server_max_window_bits=8").find("Ext") == std::string::npos
    );
    CHECK(offer(f, "permessage-deflate; a=\"").starts_with("HTTP/1.1 400 "));
    // Without compression the field is not looked at.
    raw_client g(off);
    CHECK(offer(g, "permessage-deflate; a=\"").starts_with("HTTP/1.1 101 "));
}

TEST_CASE("compressed messages are read and counted, and plain ones all the same") {
    running_gateway g(compressing());
    compressing_client c(g);
    c.send(client_frame(text | rsv1, deflated("hello")));
    CHECK(c.read_answer()->payload == "hello");
    CHECK(c.ask("plain") == "plain");
    const auto payload = deflated("in fragments");
    c.send(client_frame(0x01 | rsv1, payload.substr(0, 4)) + client_frame(0x89, "ping"));
    CHECK(c.read()->payload == "ping");
    c.send(client_frame(0x80, payload.substr(4)));
    CHECK(c.read_answer()->payload == "in fragments");
    CHECK(g.count(gim::stats::event::message_inflated) == 2);
}

TEST_CASE("a frame with RSV1 is a violation where no compression was agreed on") {
    running_gateway g(compressing());
    raw_client c(g);
    c.upgrade();
    c.send(client_frame(text | rsv1, deflated("hello")));
    CHECK(c.read_close() == 1002);
    CHECK(g.count(gim::stats::event::close_protocol_error) == 1);
}

TEST_CASE("what is no DEFLATE or no text closes with 1007, a bomb with 1009, before login as well"
) {
    running_gateway g(compressing());
    compressing_client garbage(g), letters(g), bombs(g), early(g);
    garbage.send(client_frame(binary | rsv1, "\xff\xff"));
    CHECK(garbage.read_close() == 1007);
    letters.send(client_frame(text | rsv1, deflated("\xff")));
    CHECK(letters.read_close() == 1007);
    CHECK(g.count(gim::stats::event::close_not_utf8) == 2);
    CHECK(bombs.ask("login") == "login");
    bombs.send(client_frame(binary | rsv1, deflated(std::string(65536, 'x'), 9)));
    CHECK(bombs.read_answer()->payload.size() == 65536);
    CHECK(g.handler.waiting_at_last_frame >= 65536);
    bombs.send(client_frame(binary | rsv1, deflated(std::string(8 * 1024 * 1024, 'x'), 9)));
    CHECK(bombs.read_close() == 1009);
    early.send(client_frame(binary | rsv1, deflated(std::string(4097, 'x'))));
    CHECK(early.read_close() == 1009);
    CHECK(g.count(gim::stats::event::close_too_big) == 2);
}
