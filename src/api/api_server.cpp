#include "api/api_server.hpp"

#include "observe/stats/counters.hpp"
#include "worker/spawn.hpp"

#include <cassert>
#include <utility>

namespace gim::api {

api_server::api_server(
    worker::worker_pool& workers,
    net::listeners sockets,
    net::admission& admitted,
    const api_options& options,
    session::services& services,
    const auth::authority& tokens,
    node::node& all,
    metrics::collector& metrics,
    inspect::inspector& inspector
)
    : options_(options), handler_(options, services, tokens, all, metrics, inspector) {
    assert(sockets.sockets.size() == workers.size());
    for (std::size_t i = 0; i < workers.size(); ++i) {
        auto& home = workers.at(i);
        auto on_arrival = [this, i](net::arrival a) { begin(*doors_[i], std::move(a)); };
        auto refusal = [this](const net::http_error& why) {
            // Before a handshake a client of TLS can be told nothing.
            return options_.tls == nullptr ? refusal_text(why) : std::string();
        };
        doors_.push_back(std::unique_ptr<door>(new door{
            home,
            net::acceptor(
                home,
                std::move(sockets.sockets[i]),
                sockets.endpoint.protocol(),
                net::door::api,
                admitted,
                options.doors,
                {std::move(on_arrival), std::move(refusal)}
            ),
            {}}));
    }
}

api_server::~api_server() = default;

void api_server::start() {
    set_ready(true);
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.start(); });
    }
}

void api_server::pause_accepting() {
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.pause(); });
    }
}

void api_server::resume_accepting() {
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.resume(); });
    }
}

void api_server::stop_accepting() {
    for (auto& d : doors_) {
        d->home.post([&d] { d->accepting.stop(); });
    }
}

void api_server::close_all(connection::unasked what) {
    on_every_connection([what](connection& c) { c.close(what); });
}

void api_server::abort_all() {
    on_every_connection([](connection& c) { c.abort(); });
}

void api_server::on_every_connection(std::function<void(connection&)> f) {
    for (auto& d : doors_) {
        d->home.post([&d, f] {
            for (const auto& [_, c] : d->connections) {
                f(*c);
            }
        });
    }
}

// The coroutine owns nothing of the connection: its frame is let go of later than the end is
// counted, when what the connection borrows may be gone.
void api_server::begin(door& d, net::arrival arrived) {
    auto owned = std::make_unique<connection>(d.home, std::move(arrived), options_, handler_);
    auto* const c = owned.get();
    d.connections.emplace(c, std::move(owned));
    open_.fetch_add(1);
    d.home.counters().add(stats::event::connection_api);
    try {
        worker::spawn(d.home, "api connection", [this, &d, c]() -> boost::asio::awaitable<void> {
            co_await c->run();
            d.connections.erase(c);
            open_.fetch_sub(1);
        });
    } catch (...) {
        // It does not run, so it will not end by itself.
        if (d.connections.erase(c) > 0) {
            open_.fetch_sub(1);
        }
        throw;
    }
}

}  // namespace gim::api
