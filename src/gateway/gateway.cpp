#include "gateway/gateway.hpp"

#include "gateway/upgrade.hpp"

#include <string>
#include <utility>

namespace gim::gateway {

gateway::door::door(
    worker::worker& home,
    net::unique_fd listening,
    const net::tcp& protocol,
    net::admission& admitted,
    const gateway_options& options,
    frame_handler& handler,
    gateway& all
)
    : flushing(home, options.flushing, options.outbox_age, all.pending_),
      shared{
          home,
          options,
          flushing.list(),
          handler,
          [this, &all](connection& ended) {
              const auto id = ended.login().self.id;
              connections.erase(id);
              all.open_.fetch_sub(1);
          }},
      accepting(
          home,
          std::move(listening),
          protocol,
          net::door::gateway,
          admitted,
          options.doors,
          {[this, &all](net::arrival arrived) { all.begin(*this, std::move(arrived)); },
           [&options](const net::http_error& why) {
               // Before a handshake a client of TLS can be told nothing.
               return options.tls == nullptr ? refusal_text(why) : std::string();
           }}
      ) {}

void gateway::door::close(
    push::connection_id id,
    protocol::close_code code,
    std::string_view reason
) {
    if (const auto found = connections.find(id); found != connections.end()) {
        found->second->close(code, reason);
    }
}

gateway::gateway(
    worker::worker_pool& workers,
    net::listeners sockets,
    net::admission& admitted,
    const gateway_options& options,
    frame_handler& handler
)
    : pending_(options.pending_bytes) {
    for (std::size_t i = 0; i < workers.size(); ++i) {
        doors_.push_back(std::make_unique<door>(
            workers.at(i),
            std::move(sockets.sockets[i]),
            sockets.endpoint.protocol(),
            admitted,
            options,
            handler,
            *this
        ));
    }
}

gateway::~gateway() = default;

void gateway::start() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] { d->accepting.start(); });
    }
}

void gateway::stop_accepting() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] { d->accepting.stop(); });
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
        d->shared.home.post([&d, f] {
            for (auto& [id, c] : d->connections) {
                f(*c);
            }
        });
    }
}

void gateway::begin(door& d, net::arrival arrived) {
    const auto id = next_id_.fetch_add(1);
    auto c = std::make_shared<connection>(d.shared, id, std::move(arrived));
    d.connections.emplace(id, c);
    open_.fetch_add(1);
    c->start();
}

}  // namespace gim::gateway
