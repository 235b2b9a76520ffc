#include "gateway/gateway.hpp"

#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <string>

namespace gim::gateway {

gateway::gateway(
    worker::worker_pool& workers,
    net::listeners sockets,
    const gateway_options& options,
    frame_handler& handler
)
    : options_(options), handler_(handler) {
    for (std::size_t i = 0; i < workers.size(); ++i) {
        auto& home = workers.at(i);
        auto on_socket = [this, i](net::tcp_socket s) { begin(*doors_[i], std::move(s)); };
        doors_.push_back(std::unique_ptr<door>(new door{
            home,
            flusher(home, options.flushing),
            net::acceptor(
                home,
                std::move(sockets.sockets[i]),
                sockets.endpoint.protocol(),
                std::move(on_socket)
            ),
            {}}));
    }
}

gateway::~gateway() = default;

void gateway::start() {
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.start(); });
    }
}

void gateway::stop_accepting() {
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.stop(); });
    }
}

void gateway::close_all(protocol::close_code code, std::string_view reason) {
    on_every_connection([code, reason = std::string(reason)](connection& c) {
        c.close(code, reason);
    });
}

void gateway::abort_all() {
    on_every_connection([](connection& c) { c.abort(); });
}

void gateway::on_every_connection(std::function<void(connection&)> f) {
    for (auto& d : doors_) {
        d->home.post([&d, f] {
            for (auto& [id, c] : d->connections) {
                f(*c);
            }
        });
    }
}

void gateway::begin(door& d, net::tcp_socket socket) {
    const auto id = next_id_.fetch_add(1);
    auto c = std::make_shared<connection>(
        d.home, id, std::move(socket), options_, d.flushing.list(), handler_
    );
    d.connections.emplace(id, c);
    open_.fetch_add(1);
    worker::spawn(d.home, "connection", [this, &d, c, id]() -> boost::asio::awaitable<void> {
        try {
            co_await c->run();
        } catch (const std::exception& e) {
            spdlog::error("connection {} could not end well: {}", id, e.what());
        }
        co_await worker::hop(d.home);
        c->abort();
        d.connections.erase(id);
        open_.fetch_sub(1);
    });
}

}  // namespace gim::gateway
