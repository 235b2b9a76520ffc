#pragma once

#include "api/api_server.hpp"
#include "auth/authority.hpp"
#include "net/unique_fd.hpp"
#include "session/services.hpp"
#include "storage/memory/memory_store.hpp"
#include "support/on_worker.hpp"
#include "support/run.hpp"
#include "worker/worker_pool.hpp"

#include <boost/asio/ip/address_v4.hpp>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace gim::test {

// A whole answer, as it came.
struct http_answer {
    unsigned status = 0;
    std::string head;
    std::string body;

    // Empty if there is no such field.
    std::string field(std::string_view name) const {
        const auto at = head.find("\r\n" + std::string(name) + ": ");
        if (at == std::string::npos) {
            return {};
        }
        const auto begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

// A client on a blocking socket. What does not come within 20 s is an exception.
class http_client {
public:
    explicit http_client(const boost::asio::ip::tcp::endpoint& server)
        : fd_(::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{20, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        const auto size = static_cast<socklen_t>(server.size());
        if (::connect(fd_.get(), server.data(), size) != 0) {
            throw std::runtime_error("cannot connect");
        }
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) {
                throw std::runtime_error("cannot send");
            }
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    // The next answer; `to_head`: that of a HEAD, which has no body.
    http_answer read(bool to_head = false) {
        while (received_.find("\r\n\r\n") == std::string::npos) {
            need_more();
        }
        http_answer a;
        const auto head_size = received_.find("\r\n\r\n") + 4;
        a.head = received_.substr(0, head_size);
        a.status = static_cast<unsigned>(std::stoul(a.head.substr(9, 3)));
        const auto length = a.field("Content-Length");
        const auto body_size = length.empty() || to_head ? 0 : std::stoul(length);
        while (received_.size() < head_size + body_size) {
            need_more();
        }
        a.body = received_.substr(head_size, body_size);
        received_.erase(0, head_size + body_size);
        return a;
    }

    http_answer ask(std::string_view request) {
        send(request);
        return read(request.starts_with("HEAD "));
    }

    // Waits until the server has ended the connection; gives what came before.
    std::string read_to_end() {
        while (more()) {
        }
        return std::exchange(received_, {});
    }

    // Waits until the connection was reset. Reads nothing.
    bool is_reset_in_time() {
        pollfd p{fd_.get(), 0, 0};
        return ::poll(&p, 1, 20'000) == 1 && (p.revents & POLLERR) != 0;
    }

private:
    bool more() {
        char chunk[65536];
        const auto n = ::recv(fd_.get(), chunk, sizeof chunk, 0);
        if (n < 0 && errno != ECONNRESET) {
            throw std::runtime_error("nothing came in time");
        }
        received_.append(chunk, n < 0 ? 0 : static_cast<std::size_t>(n));
        return n > 0;
    }
    void need_more() {
        if (!more()) {
            throw std::runtime_error("closed in the middle of an answer: " + received_);
        }
    }

    net::unique_fd fd_;
    std::string received_;
};

// A server in this process: two workers, a store in memory, users 1001, 1002 and 1003, and the room
// 9999 with the first two.
class api_fixture {
public:
    explicit api_fixture(api::api_options o = {}, const net::admission_options& doors = {})
        : options(std::move(o)), admitted(doors) {
        for (const auto* id : {"1001", "1002", "1003"}) {
            run_ok(all.home_of_user(id).store->put_user({id, std::string("name of ") + id}));
        }
        const auto room = model::session_id::room("9999");
        for (const auto* id : {"1001", "1002"}) {
            run_ok(all.home_of(room).store->add_member("9999", id));
            run_ok(all.home_of_user(id).store->add_room_of(id, "9999", 1000));
        }
    }
    ~api_fixture() {
        server.stop_accepting();
        server.abort_all();
        has_ended();
        workers.stop();
        collector.join();
    }

    // True when the last connection has ended, at once or soon.
    bool has_ended() {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (server.connections() > 0 && std::chrono::steady_clock::now() < end) {
            call_on(workers.at(0), [] {});
        }
        return server.connections() == 0;
    }

    void start() {
        workers.start();
        server.start();
    }
    http_client connect() { return http_client(endpoint); }
    std::string token(const std::string& user) {
        return tokens.issue({user, user}, {user}, 1000).value();
    }

    // A request with a token of `user`; empty: without one.
    std::string request(
        std::string_view method,
        std::string_view target,
        const std::string& user = {},
        std::string_view body = {}
    ) {
        std::string text;
        text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
        if (!user.empty()) {
            text.append("Authorization: Bearer ").append(token(user)).append("\r\n");
        }
        if (!body.empty()) {
            text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
        }
        return text.append("\r\n").append(body);
    }

    // The clock throws when it has been asked so often; negative: never.
    std::atomic<int> asks_until_failure{-1};

    api::api_options options;
    worker::worker_pool workers{2};
    node::node all{workers, node_options()};
    auth::authority tokens{auth::authority_options()};
    session::services services{all, tokens};
    net::listeners listening{open()};
    const boost::asio::ip::tcp::endpoint endpoint{listening.endpoint};
    net::admission admitted;
    metrics::collector collector{all, {}};
    inspect::inspector inspector{all, {}};
    api::api_server server{
        workers,
        std::move(listening),
        admitted,
        options,
        services,
        tokens,
        all,
        collector,
        inspector};

private:
    node::node_options node_options() {
        node::node_options o;
        o.make_store = [](std::size_t worker) {
            storage::memory_store_options s;
            s.worker = static_cast<unsigned>(worker);
            return std::make_unique<storage::memory_store>(s);
        };
        o.wall_clock = [this]() -> std::int64_t {
            if (asks_until_failure >= 0 && asks_until_failure-- == 0) {
                throw std::runtime_error("the clock has stopped");
            }
            return 1000;
        };
        return o;
    }
    static net::listeners open() {
        const net::address loopback{boost::asio::ip::address_v4::loopback(), 0};
        return net::open_listeners(loopback, 2).value();
    }
};

}  // namespace gim::test
