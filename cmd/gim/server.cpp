#include "gim/server.hpp"

#include "storage/presence.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace gim::cmd {
namespace {

// How long the start waits for Redis.
constexpr std::chrono::seconds redis_patience{2};
// How long the end waits for it.
constexpr std::chrono::seconds leave_patience{1};

std::int64_t wall_clock_ms() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

std::optional<websocket::deflate_options> compression(const serve_options& options) {
    return options.compression ? std::optional(options.deflate) : std::nullopt;
}

node::node_limits node_limits(const serve_options& options) {
    node::node_limits out;
    out.connections_per_user = options.connections_per_user;
    out.quotas = options.quotas;
    return out;
}

node::node_options node_options(const serve_options& options) {
    node::node_options out;
    out.name = {storage::random_epoch(), options.advertised_address};
    out.limits = node_limits(options);
    out.batching.mode =
        options.message_sequence ? push::batch_mode::full : push::batch_mode::latest;
    out.batching.count = options.push_count;
    out.batching.interval = options.push_interval;
    out.flush_limit = options.push_concurrency_limit;
    out.wall_clock = wall_clock_ms;
    out.compression = compression(options);
    out.tracing = options.tracing;
    out.traced_users = options.traced_users;
    return out;
}

gateway::gateway_options gateway_options(
    const serve_options& options,
    const net::tls_context* tls,
    worker::memory_budget& waiting,
    worker::memory_part& unfinished
) {
    gateway::gateway_options out = options.gateway;
    out.tls = tls;
    out.first_form = options.protocol == message_protocol::proto ? native::wire_form::protobuf
                                                                 : native::wire_form::json_text;
    out.heartbeat_interval = options.heartbeat_interval;
    out.compression = compression(options);
    out.flushing.window = options.write_coalesce;
    out.upgrade_timeout = options.http_header_timeout;
    out.http = options.http;
    out.doors = options.doors;
    out.memory = &waiting;
    out.unfinished = &unfinished;
    return out;
}

api::api_options api_options(
    const serve_options& options,
    const net::tls_context* tls,
    worker::memory_budget& waiting,
    worker::memory_part& unfinished
) {
    api::api_options out;
    out.tls = tls;
    out.trace_header = options.trace_header;
    out.keys = options.api_keys;
    out.metrics_keys = options.metrics_keys;
    out.profiling =
        options.profiling ? api::pprof_handler::switched::on : api::pprof_handler::switched::off;
    out.version = GIM_VERSION;
    out.head_timeout = options.http_header_timeout;
    out.body_timeout = options.http_body_timeout;
    out.idle_timeout = options.http_idle_timeout;
    out.http = options.http;
    out.doors = options.doors;
    out.memory = &waiting;
    out.unfinished = &unfinished;
    return out;
}

std::unique_ptr<ask::http_asker>
make_asker(const serve_options& options, worker::worker_pool& workers) {
    if (options.auth != auth::login_mode::url) {
        return nullptr;
    }
    ask::asker_options out;
    out.url = *options.auth_url;
    out.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(options.auth_timeout);
    out.in_flight = options.auth_url_in_flight;
    out.cached = options.auth_url_cache;
    out.wall_clock = wall_clock_ms;
    return std::make_unique<ask::http_asker>(workers, std::move(out));
}

net::admission_options admission_options(const serve_options& options) {
    auto out = options.admission;
    const bool asks_nobody = options.auth == auth::login_mode::none;
    out.from =
        asks_nobody && !options.insecure ? net::welcome::this_machine : net::welcome::everywhere;
    return out;
}

}  // namespace

server::server(
    const serve_options& options,
    const std::string& epoch,
    std::unique_ptr<net::tls_context> tls,
    auth::authority tokens,
    net::listeners gateway_sockets,
    net::listeners api_sockets
)
    : tls_(std::move(tls)),
      waiting_(options.gateway.pending_bytes),
      gateway_options_(cmd::gateway_options(options, tls_.get(), waiting_, unfinished_)),
      api_options_(cmd::api_options(options, tls_.get(), waiting_, unfinished_)),
      workers_(options.gateway_workers),
      stores_(workers_),
      node_(workers_, node_options(options, epoch)),
      memory_(node_, stores_.all()),
      tokens_(std::move(tokens)),
      asker_(cmd::make_asker(options, workers_)),
      services_(node_, tokens_, asker_.get()),
      admission_(cmd::admission_options(options)),
      collector_(node_, collector_options()),
      inspector_(node_, inspector_options()),
      router_(services_, node_, gateway_options_),
      gateway_(workers_, std::move(gateway_sockets), admission_, gateway_options_, router_),
      api_(
          workers_,
          std::move(api_sockets),
          admission_,
          api_options_,
          services_,
          tokens_,
          node_,
          collector_,
          inspector_
      ) {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
        node_.at(w).closer = &gateway_.closer(w);
    }
    services_.nodes.count_connections([this] { return gateway_.connections(); });
}

server::~server() {
    // The threads end before what they work on.
    workers_.stop();
    collector_.join();
}

node::node_options server::node_options(const serve_options& options, const std::string& epoch) {
    auto out = cmd::node_options(options);
    out.memory = &waiting_;
    if (options.store == store_kind::redis) {
        storage::redis_store_options store;
        store.place = options.redis;
        store.node = out.name.id;
        store.most = options.storage;
        out.make_store = [this, store](std::size_t worker) {
            auto made = std::make_unique<storage::redis_store>(workers_.at(worker), store);
            redis_stores_.push_back(made.get());
            return made;
        };
        return out;
    }
    storage::memory_store_options store;
    store.most = options.storage;
    store.epoch = epoch;
    out.make_store = [this, store](std::size_t worker) mutable {
        store.count = &workers_.at(worker).counters();
        return stores_.make(store);
    };
    return out;
}

void server::connect_to_redis() {
    if (redis_stores_.empty()) {
        return;
    }
    on_every_worker([this](std::size_t w) { redis_stores_[w]->start(); });
    const bool is_there = wait_for_workers(redis_patience, [this](std::size_t w) {
        return redis_stores_[w]->is_ready();
    });
    if (!is_there) {
        spdlog::error("going on without Redis: until it is there, requests get 503");
    }
}

metrics::collector_options server::collector_options() {
    metrics::collector_options out;
    out.version = GIM_VERSION;
    out.add_common = [this](metrics::gauges& now) {
        now.gateway_connections = gateway_.connections();
        now.api_connections = api_.connections();
        now.waiting_bytes = waiting_.used();
        now.connections_limit = admission_.options().connections;
        if (redis_stores_.empty()) {
            now.rooms_limit = stores_.limits().rooms.limit();
            now.users_limit = stores_.limits().users.limit();
        }
    };
    out.add_worker = [this](std::size_t w, metrics::gauges& now) {
        const auto& slow = gateway_.slow(w);
        now.slow_readers += slow.size();
        now.pending_bytes += slow.bytes();
        now.nodes = services_.nodes.count();
    };
    return out;
}

bool server::freeze(std::chrono::milliseconds time) {
    gateway_.pause_accepting();
    api_.pause_accepting();
    return freeze_what_is_kept(time);
}

bool server::freeze_what_is_kept(std::chrono::milliseconds time) {
    on_every_worker([this](std::size_t w) { node_.at(w).changes.shut(); });
    if (!wait_for_workers(time, [this](std::size_t w) {
            return node_.at(w).changes.inside() == 0;
        })) {
        return false;
    }
    on_every_worker([this](std::size_t w) { node_.at(w).rooms.flush_all(); });
    return true;
}

void server::thaw() {
    on_every_worker([this](std::size_t w) { node_.at(w).changes.open(); });
    gateway_.resume_accepting();
    api_.resume_accepting();
}

void server::save(storage::snapshot_writer& to) {
    memory_.begin(to);
    on_every_worker([&](std::size_t w) { memory_.save_rooms(w, to); });
    on_every_worker([&](std::size_t w) { memory_.save_rest(w, to); });
    to.finish();
}

inspect::inspector_options server::inspector_options() {
    inspect::inspector_options out;
    out.version = GIM_VERSION;
    out.connections = [this](std::size_t w) -> inspect::connection_source& {
        return gateway_.source(w);
    };
    out.add_worker = [this](std::size_t w, inspect::worker_row& row) {
        const auto& slow = gateway_.slow(w);
        row.connections = gateway_.source(w).size();
        row.api_connections = api_.connections(w);
        row.slow_readers = slow.size();
        row.pending_bytes = slow.bytes();
    };
    return out;
}

void server::start() {
    workers_.start();
    connect_to_redis();
    gateway_.start();
    api_.start();
}

void server::reload(const serve_options& options, auth::authority tokens) {
    auto of_gateway = cmd::gateway_options(options, tls_.get(), waiting_, unfinished_);
    auto of_api = cmd::api_options(options, tls_.get(), waiting_, unfinished_);
    const auto of_admission = cmd::admission_options(options);
    const auto of_node = cmd::node_limits(options);
    workers_.hold_still([&] {
        gateway_options_ = std::move(of_gateway);
        waiting_.set_limit(gateway_options_.pending_bytes);
        gateway_.options_changed();
        api_options_ = std::move(of_api);
        tokens_ = std::move(tokens);
        admission_.set_options(of_admission);
        node_.set_limits(of_node);
        for (auto* const store : stores_.all()) {
            store->set_limits(options.storage);
        }
        for (auto* const store : redis_stores_) {
            store->set_limits(options.storage);
        }
    });
}

void server::reload_certificate() {
    if (tls_ == nullptr) {
        return;
    }
    if (const auto reloaded = tls_->reload()) {
        spdlog::info("TLS: certificate and key reloaded");
    } else {
        spdlog::error("TLS: going on with the old certificate: {}", reloaded.error().message);
    }
}

void server::count_lost_lines(std::uint64_t lines) {
    if (lines > 0) {
        auto& one = workers_.at(0);
        one.post([&one, lines] { one.counters().add(stats::event::log_line_lost, lines); });
    }
}

bool server::has_pulse() {
    if (without_turn_ > 0) {
        return false;
    }
    without_turn_ = workers_.size();
    for (std::size_t w = 0; w < workers_.size(); ++w) {
        workers_.at(w).post([this] { --without_turn_; });
    }
    return true;
}

void server::begin_drain(std::chrono::milliseconds window, goes_on service) {
    using newcomers = gateway::gateway::newcomers;
    services_.nodes.begin_drain();
    gateway_.stop_accepting();
    if (service == goes_on::in_other_process) {
        // Those who keep a connection to the API ask the other one next.
        api_.stop_accepting();
        api_.close_all(api::connection::unasked::gets_one_answer);
        gateway_.begin_drain(window, newcomers::let_in);
    } else {
        api_.set_ready(false);
        gateway_.begin_drain(window, newcomers::let_go);
    }
}

void server::drain() {
    // Who is due later than this may miss what is accepted between the push and the close.
    const auto now = gateway::drain_queue::clock::now();
    on_every_worker([this](std::size_t w) { node_.at(w).rooms.flush_all(); });
    // What the rooms handed to other workers has arrived when those have had another turn.
    on_every_worker([](std::size_t) {});
    gateway_.close_due(now);
}

void server::close_api() {
    api_.set_ready(false);
    api_.stop_accepting();
    api_.close_all();
}

void server::abort() {
    api_.set_ready(false);  // which ends a profile that is being taken
    if (asker_ != nullptr) {
        asker_->give_up();
    }
    gateway_.abort_all();
    api_.abort_all();
}

void server::leave() {
    if (redis_stores_.empty()) {
        return;
    }
    on_every_worker([this](std::size_t w) { node_.at(w).store->nodes()->leave(); });
    wait_for_workers(leave_patience, [this](std::size_t w) {
        return node_.at(w).store->nodes()->has_left();
    });
}

bool server::wait_for_workers(
    std::chrono::milliseconds time,
    const std::function<bool(std::size_t)>& is_done
) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    for (;;) {
        bool all = true;
        on_every_worker([&](std::size_t w) { all = all && is_done(w); });
        if (all || std::chrono::steady_clock::now() >= deadline) {
            return all;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void server::on_every_worker(const std::function<void(std::size_t)>& f) {
    for (std::size_t w = 0; w < workers_.size(); ++w) {
        std::promise<void> done;
        workers_.at(w).post([&] {
            try {
                f(w);
                done.set_value();
            } catch (...) {
                done.set_exception(std::current_exception());
            }
        });
        done.get_future().get();
    }
}

}  // namespace gim::cmd
