#include "gateway/gateway.hpp"

#include "gateway/upgrade.hpp"
#include "observe/stats/counters.hpp"

#include <chrono>
#include <cstdint>
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
    : flushing(home, options.flushing, options.outbox_age, options.memory),
      inflating(options.compression ? std::make_unique<websocket::inflater>() : nullptr),
      shared{
          home,
          options,
          flushing.list(),
          handler,
          inflating.get(),
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
    websocket::close_code code,
    std::string_view reason
) {
    if (const auto found = connections.find(id); found != connections.end()) {
        found->second->close(code, reason);
    }
}

void gateway::door::visit(
    std::size_t begin,
    std::size_t end,
    drain_queue::clock::time_point now,
    const std::function<void(const inspect::connection_figures&)>& f
) const {
    for (auto place = begin; place < end; ++place) {
        for (auto it = connections.begin(place); it != connections.end(place); ++it) {
            f(it->second->figures(now));
        }
    }
}

std::optional<inspect::connection_row>
gateway::door::row(push::connection_id id, drain_queue::clock::time_point now) {
    const auto found = connections.find(id);
    return found == connections.end() ? std::nullopt : std::optional(found->second->row(now));
}

gateway::gateway(
    worker::worker_pool& workers,
    net::listeners sockets,
    net::admission& admitted,
    const gateway_options& options,
    frame_handler& handler
)
    : options_(options) {
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

void gateway::pause_accepting() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] { d->accepting.pause(); });
    }
}

void gateway::resume_accepting() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] { d->accepting.resume(); });
    }
}

void gateway::options_changed() noexcept {
    for (auto& d : doors_) {
        d->flushing.set_age(options_.outbox_age);
    }
}

void gateway::stop_accepting() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] { d->accepting.stop(); });
    }
}

void gateway::begin_drain(drain_queue::clock::duration window, newcomers late) {
    for (auto& d : doors_) {
        d->shared.home.post([&d, window, late] { begin_drain(*d, window, late); });
    }
}

void gateway::begin_drain(door& d, drain_queue::clock::duration window, newcomers late) {
    std::vector<push::connection_id> ids;
    ids.reserve(d.connections.size());
    for (const auto& [id, c] : d.connections) {
        if (late == newcomers::let_go && c->is_upgrading()) {
            c->abort();
        } else {
            ids.push_back(id);
        }
    }
    d.leaving = drain_queue(std::move(ids), drain_queue::clock::now(), window);
    d.tell_leaving();
}

void gateway::door::tell_leaving() {
    tell_some();
    if (leaving.has_untold()) {
        shared.home.post([this] { tell_leaving(); });
    }
}

void gateway::door::tell_some() {
    constexpr std::size_t slice = 256;
    const auto [ids, first] = leaving.take_untold(slice);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (const auto found = connections.find(ids[i]); found != connections.end()) {
            found->second->tell_leaving(leaving.due(first + i));
        }
    }
}

// Nobody is closed who was not told of it before.
void gateway::door::close_due(drain_queue::clock::time_point now) {
    while (leaving.has_untold_due(now)) {
        tell_some();
    }
    for (const auto id : leaving.take_due(now)) {
        close(id, websocket::close_code::going_away, "server stops");
    }
}

void gateway::close_due(drain_queue::clock::time_point now) {
    for (auto& d : doors_) {
        d->shared.home.post([&d, now] { d->close_due(now); });
    }
}

void gateway::abort_all() {
    for (auto& d : doors_) {
        d->shared.home.post([&d] {
            for (const auto& [id, c] : d->connections) {
                c->abort();
            }
        });
    }
}

void gateway::begin(door& d, net::arrival arrived) {
    const auto id = next_id_.fetch_add(1);
    auto c = std::make_shared<connection>(d.shared, id, std::move(arrived));
    d.connections.emplace(id, c);
    open_.fetch_add(1);
    d.shared.home.counters().add(stats::event::connection_gateway);
    try {
        c->start();
    } catch (...) {
        // It does not run, so it will not end by itself.
        if (d.connections.erase(id) > 0) {
            open_.fetch_sub(1);
        }
        throw;
    }
}

}  // namespace gim::gateway
