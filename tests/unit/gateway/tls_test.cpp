#include "support/certificate.hpp"
#include "support/tls_client.hpp"
#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::gateway::gateway_options;
using gim::stats::event;

namespace {

// A gateway that speaks TLS.
struct tls_gateway {
    explicit tls_gateway(gateway_options o = {}) : running(with_tls(o)) {}

    gateway_options with_tls(gateway_options o) const {
        o.tls = context.get();
        return o;
    }

    certificate files{"localhost"};
    std::unique_ptr<gim::net::tls_context> context = opened(files);
    running_gateway running;
};

// raw_client's bytes through a client's TLS.
class tls_peer {
public:
    explicit tls_peer(const running_gateway& g) : raw_(g) {
        while (!tls_.handshake()) {
            raw_.send(tls_.output());
            tls_.feed(raw_.read_some());
        }
        raw_.send(tls_.output());
    }

    void send(std::string_view bytes) {
        tls_.write(bytes);
        raw_.send(tls_.output());
    }
    void upgrade() {
        send(
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        while (received_.find("\r\n\r\n") == std::string::npos) {
            read_more();
        }
        received_.erase(0, received_.find("\r\n\r\n") + 4);
    }
    // The next frame; empty at the end of the stream.
    std::optional<server_frame> read() {
        for (;;) {
            if (auto f = take_frame(received_)) {
                return f;
            }
            if (!read_more()) {
                return std::nullopt;
            }
        }
    }
    bool was_closed() { return tls_.was_closed(); }

private:
    bool read_more() {
        const auto bytes = raw_.read_some();
        tls_.feed(bytes);
        received_ += tls_.read();
        return !bytes.empty();
    }

    raw_client raw_;
    tls_client tls_;
    std::string received_;
};

}  // namespace

TEST_CASE("over TLS frames are answered, however many come in one record, and the end is said") {
    tls_gateway g;
    tls_peer c(g.running);
    c.upgrade();
    c.send(client_text("one") + client_text("two"));
    CHECK(c.read()->payload == "one");
    CHECK(c.read()->payload == "two");
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += client_text(std::to_string(i));
    }
    c.send(many);
    for (int i = 0; i < 1000; ++i) {
        CHECK(c.read()->payload == std::to_string(i));
    }
    c.send(client_frame(0x88, "\x03\xe8"));
    CHECK(c.read()->close_code() == 1000);
    CHECK_FALSE(c.read());
    CHECK(c.was_closed());
    CHECK(g.running.pool.count(event::tls_handshake_failed) == 0);
}

TEST_CASE("over TLS who reads a burst too late gets whole frames, and 4000 behind them") {
    gateway_options o;
    o.outbox_age = 200ms;
    o.close_timeout = patience;
    tls_gateway g(o);
    tls_peer c(g.running);
    c.upgrade();
    c.send(client_text("login"));
    CHECK(c.read()->payload == "login");
    c.send(client_text("flood"));
    REQUIRE(g.running.comes_to(event::cut_too_much, 1));
    auto last = c.read();
    while (last && last->opcode != 8) {
        CHECK(last->payload == std::string(60'000, 'x'));
        last = c.read();
    }
    REQUIRE(last);
    CHECK(last->close_code() == 4000);
    CHECK(g.running.pool.count(event::close_slow_reader) == 1);
}

TEST_CASE("what is no TLS is counted, and who only connects is not") {
    tls_gateway g;
    raw_client(g.running).send("");
    raw_client plain(g.running);
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(plain.read_head().starts_with("HTTP/1.1 400"));
    CHECK(plain.is_at_end());
    CHECK(g.running.has_connections(0));
    CHECK(g.running.pool.count(event::tls_handshake_failed) == 1);
    {
        raw_client garbage(g.running);
        garbage.send(std::string(100, '\x01'));
        CHECK(garbage.read_some().empty());
    }
    CHECK(g.running.has_connections(0));
    CHECK(g.running.pool.count(event::tls_handshake_failed) == 2);
}

TEST_CASE("a handshake counts in the time for the upgrade") {
    gateway_options o;
    o.upgrade_timeout = 100ms;
    tls_gateway g(o);
    raw_client mute(g.running);
    raw_client half(g.running);
    tls_client client;
    client.handshake();
    half.send(client.output().substr(0, 100));
    CHECK(mute.is_at_end());
    CHECK(half.is_at_end());
    CHECK(g.running.has_connections(0));
}
