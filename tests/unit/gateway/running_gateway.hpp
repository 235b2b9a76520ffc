#pragma once

#include "gateway/connection.hpp"
#include "gateway/gateway.hpp"
#include "net/listener.hpp"
#include "net/unique_fd.hpp"
#include "observe/stats/counters.hpp"
#include "support/client_frames.hpp"
#include "support/on_worker.hpp"
#include "support/server_frames.hpp"
#include "worker/memory_part.hpp"
#include "worker/worker_pool.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <new>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace gim::test {

// Does what the text of a frame says, or sends it back.
class obedient_handler final : public gateway::frame_handler {
public:
    boost::asio::awaitable<void> on_frame(
        gateway::connection& from,
        websocket::frame_kind kind,
        std::string_view bytes
    ) override {
        if (memory != nullptr) {
            waiting_at_last_frame = memory->used();
        }
        if (bytes == "runtime_error") {
            throw std::runtime_error("on purpose");
        }
        if (bytes == "bad_alloc") {
            throw std::bad_alloc();
        }
        if (bytes == "int") {
            throw 42;
        }
        if (bytes == "throw at the end") {
            throws_at_end = true;
        }
        if (bytes == "login") {
            from.logged_in();
        }
        if (bytes == "flood") {
            // More than the kernel holds of it, and the outbox should.
            const auto f = push::make_frame(frame(kind, std::string(60'000, 'x')));
            for (int i = 0; i < 400; ++i) {
                from.outbox().push(f);
            }
            co_return;
        }
        from.answer(frame(kind, std::string(bytes)));
    }
    boost::asio::awaitable<void> on_end(gateway::connection&) override {
        ++ended;
        if (throws_at_end.exchange(false)) {
            throw std::runtime_error("at the end, on purpose");
        }
        co_return;
    }

    const worker::memory_budget* memory = nullptr;
    std::atomic<std::size_t> waiting_at_last_frame = 0;
    std::atomic<int> ended = 0;
    std::atomic<bool> throws_at_end = false;

private:
    static websocket::websocket_frame frame(websocket::frame_kind kind, const std::string& text) {
        std::string room(websocket::websocket_frame::header_room, ' ');
        return websocket::websocket_frame::seal(kind, room + text);
    }
};

// A gateway of one worker on a free port of the loopback.
class running_gateway {
public:
    // No test has to mind the rate of its requests, unless it says one.
    explicit running_gateway(
        gateway::gateway_options o = {},
        const net::admission_options& doors = {},
        worker::rate_limit requests = {}
    )
        : memory(o.pending_bytes),
          options(with(o, requests, memory, unfinished)),
          admitted(doors),
          sockets_(open()),
          where(sockets_.endpoint),
          door(pool, std::move(sockets_), admitted, options, handler) {
        handler.memory = &memory;
        pool.start();
        door.start();
    }
    ~running_gateway() {
        door.stop_accepting();
        door.abort_all();
        has_connections(0);
        pool.stop();
    }

    // True when there are so many, at once or soon.
    bool has_connections(std::size_t n) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (door.connections() != n && std::chrono::steady_clock::now() < end) {
            call_on(pool.at(0), [] {});
        }
        return door.connections() == n;
    }

    // Closes everybody who is connected, one after the other.
    void drain(
        std::chrono::milliseconds window,
        gateway::gateway::newcomers late = gateway::gateway::newcomers::let_go
    ) {
        door.begin_drain(window, late);
        // The drain begins when the workers come to it.
        const auto later = gateway::drain_queue::clock::now() + window + std::chrono::minutes(1);
        door.close_due(later);
    }

    // True when that has happened so often, at once or soon.
    bool comes_to(stats::event what, std::uint64_t times) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (count(what) < times && std::chrono::steady_clock::now() < end) {
            call_on(pool.at(0), [] {});
        }
        return count(what) == times;
    }

    std::uint64_t count(stats::event what) { return pool.at(0).counters().count(what); }

    worker::memory_budget memory;
    worker::memory_part unfinished{memory};
    const gateway::gateway_options options;
    net::admission admitted;
    obedient_handler handler;
    worker::worker_pool pool{1};

private:
    static gateway::gateway_options with(
        gateway::gateway_options o,
        worker::rate_limit requests,
        worker::memory_budget& memory,
        worker::memory_part& unfinished
    ) {
        o.requests.limit = requests;
        o.memory = &memory;
        o.unfinished = &unfinished;
        return o;
    }
    static net::listeners open() {
        auto opened = net::open_listeners({boost::asio::ip::address_v4::loopback(), 0}, 1);
        return std::move(opened.value());
    }
    net::listeners sockets_;

public:
    const boost::asio::ip::tcp::endpoint where;
    gateway::gateway door;
};

// A client on a blocking socket; it waits long, but not for ever.
class raw_client {
public:
    explicit raw_client(const running_gateway& g)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        // Small, so that a server soon notices that nobody reads.
        const int bytes = 16 * 1024;
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
        // What is sent in pieces shall come in pieces.
        const int on = 1;
        ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(fd_.get(), g.where.data(), static_cast<socklen_t>(g.where.size())) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                return;  // the peer is gone, which reading will tell
            }
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    void send_text(std::string_view text) { send(client_text(text)); }

    // The head of the answer.
    std::string upgrade(std::string_view path = "/") {
        send(
            std::string("GET ").append(path) +
            " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        return read_head();
    }
    std::string read_head() {
        for (;;) {
            const auto end = received_.find("\r\n\r\n");
            if (end != std::string::npos) {
                auto head = received_.substr(0, end);
                received_.erase(0, end + 4);
                return head;
            }
            if (!read_more()) {
                return received_;
            }
        }
    }
    // Whatever comes next; empty at the end of the stream.
    std::string read_some() {
        if (received_.empty()) {
            read_more();
        }
        return std::exchange(received_, {});
    }
    // Everything that comes until the end of the stream.
    std::string read_to_end() {
        while (read_more()) {
        }
        return std::exchange(received_, {});
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
    // The next frame that is not a ping.
    std::optional<server_frame> read_answer() {
        auto f = read();
        while (f && f->opcode == 9) {
            f = read();
        }
        return f;
    }
    // Sends a text and returns what comes back.
    std::string ask(std::string_view text) {
        send_text(text);
        const auto f = read_answer();
        return f ? f->payload : "";
    }
    // The code of the close frame that comes after any other frames; 0 if there is none.
    unsigned read_close() {
        for (auto f = read(); f; f = read()) {
            if (f->opcode == 8) {
                return f->close_code();
            }
        }
        return 0;
    }
    // True if the server ends its side now; then the client ends its own.
    bool is_at_end() {
        const bool ended = !read();
        fd_.reset();
        return ended;
    }
    // Bytes that came and are no whole frame.
    std::size_t leftover() const noexcept { return received_.size(); }

private:
    bool read_more() {
        pollfd p{fd_.get(), POLLIN, 0};
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
        if (::poll(&p, 1, static_cast<int>(ms)) != 1) {
            throw std::runtime_error("waited too long for the server");
        }
        std::array<char, 16384> chunk;
        const auto n = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
        if (n <= 0) {
            return false;
        }
        received_.append(chunk.data(), static_cast<std::size_t>(n));
        return true;
    }

    net::unique_fd fd_;
    std::string received_;
};

}  // namespace gim::test
