#include "fuzz/fuzz_target.hpp"
#include "gateway/gateway_options.hpp"
#include "gateway/upgrade.hpp"
#include "net/admission.hpp"
#include "net/peer.hpp"
#include "net/stream.hpp"
#include "net/unique_fd.hpp"
#include "observe/stats/counters.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>
#include <utility>

// The request for an upgrade, as the gateway reads and answers it, over a pair of sockets.

namespace gim::fuzz {

namespace {

struct outcome {
    bool is_accepted = false;
    std::string answer;  // to the client; not sent yet if accepted
    std::string rest;
};

// One page may come in, and what a proxy of the loopback says of its client is believed.
gateway::gateway_options strict() {
    gateway::gateway_options o;
    o.doors.origins = *net::allowed_origins::parse("https://game.example");
    o.doors.trusted_proxies = *net::address_ranges::parse("127.0.0.0/8");
    o.compression = websocket::deflate_options{};
    return o;
}

net::peer somebody() {
    static net::admission all({.connections = 0, .connections_per_address = 0, .handshakes = 0});
    auto place = all.enter(net::door::gateway, net::admission::clock::now());
    return {boost::asio::ip::address_v4::loopback(), std::move(*place)};
}

boost::asio::awaitable<void> ask(net::stream& socket, outcome& out) {
    static const auto options = strict();
    static stats::counters counters;
    auto who = somebody();
    auto accepted = co_await gateway::read_upgrade(socket, options, who, counters);
    if (accepted) {
        out.is_accepted = true;
        out.answer = accepted->answer;
        out.rest = accepted->rest;
    }
}

outcome outcome_of(std::string_view bytes) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        throw std::runtime_error("no pair of sockets");
    }
    const net::unique_fd client(ends[0]);
    boost::asio::io_context context(1);
    net::stream server(net::tcp_socket(context, net::tcp::v4(), ends[1]));
    // Fits the socket's buffer, so nobody waits.
    if (::send(client.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
        throw std::runtime_error("the socket takes less than was expected");
    }
    ::shutdown(client.get(), SHUT_WR);

    outcome out;
    std::exception_ptr failure;
    boost::asio::co_spawn(context, ask(server, out), [&](std::exception_ptr e) { failure = e; });
    context.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    server.close();
    std::array<char, 4096> chunk;
    for (ssize_t n = 0; (n = ::recv(client.get(), chunk.data(), chunk.size(), 0)) > 0;) {
        out.answer.append(chunk.data(), static_cast<std::size_t>(n));
    }
    return out;
}

}  // namespace

void upgrade(std::string_view bytes) {
    constexpr std::size_t most = 32 * 1024;
    bytes = bytes.substr(0, most);
    const auto out = outcome_of(bytes);
    if (out.is_accepted) {
        require(out.answer.starts_with("HTTP/1.1 101 "), "who is accepted is told so");
        require(bytes.ends_with(out.rest), "what comes behind the request is kept");
    } else if (!out.answer.empty()) {
        require(out.answer.starts_with("HTTP/1.1 "), "a refusal is an answer of HTTP");
        const char first = out.answer.at(9);
        require(first == '4' || first == '5', "with a status of an error");
        require(out.answer.find("\r\nConnection: close\r\n") != std::string::npos, "that closes");
    }
    if (!out.answer.empty()) {
        const auto end = out.answer.find("\r\n\r\n");
        require(end != std::string::npos, "an answer has an end");
        const auto head = std::string_view(out.answer).substr(0, end);
        require(head.find("HTTP/1.1 ", 1) == std::string_view::npos, "there is one answer");
        for (std::size_t i = 0; i < head.size(); ++i) {
            const bool is_break = head[i] == '\r' || head[i] == '\n';
            require(!is_break || head[i] == '\n' || head.substr(i, 2) == "\r\n", "lines end well");
            require(is_break || (head[i] >= ' ' && head[i] < 0x7f), "and hold nothing odd");
        }
    }
}

}  // namespace gim::fuzz
