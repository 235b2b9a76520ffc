#pragma once

#include "api/api_server.hpp"
#include "ask/http_asker.hpp"
#include "auth/authority.hpp"
#include "gateway/gateway.hpp"
#include "gateway/router.hpp"
#include "gim/settings/serve_options.hpp"
#include "net/admission.hpp"
#include "net/listener.hpp"
#include "net/tls_context.hpp"
#include "node/node.hpp"
#include "node/node_snapshot.hpp"
#include "observe/inspect/inspector.hpp"
#include "observe/metrics/collector.hpp"
#include "session/services.hpp"
#include "storage/memory/memory_stores.hpp"
#include "storage/redis/redis_store.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "worker/memory_budget.hpp"
#include "worker/memory_part.hpp"
#include "worker/worker_pool.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gim::cmd {

// The whole server, in the order in which its parts depend on each other.
//
// Threads: the main thread's, which is none of the workers.
class server {
public:
    // `tls` may be null: both doors are plain then. `epoch`: what clients know this memory by.
    server(
        const serve_options& options,
        const std::string& epoch,
        std::unique_ptr<net::tls_context> tls,
        auth::authority tokens,
        net::listeners gateway_sockets,
        net::listeners api_sockets
    );
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // To be filled before start().
    node::node_snapshot& memory() noexcept { return memory_; }
    // Nothing changes what is kept from now on: nobody is accepted (who comes waits), and requests
    // that would change it get 503. What was begun comes to its end; false: it did not in time.
    bool freeze(std::chrono::milliseconds time);
    void thaw();
    // The part of freeze() for a server that accepts nobody any more.
    bool freeze_what_is_kept(std::chrono::milliseconds time);
    // Adds all that is kept, each worker on its own thread.
    void save(storage::snapshot_writer& to);

    void start();

    // From now on these hold, as far as they are live_options, and these keys. Who is connected
    // stays so.
    void reload(const serve_options& options, auth::authority tokens);
    // Reads certificate and key again, if there are any; what cannot be read is as before.
    void reload_certificate();

    // Counts lines that the log could not write.
    void count_lost_lines(std::uint64_t lines);

    // True if every worker has had a turn since the last call; the first is true.
    bool has_pulse();

    enum class goes_on {
        nowhere,          // the API answers meanwhile, and says that the server is not ready
        in_other_process  // which answers there
    };
    // Accepts nobody at the gateway from now on, and tells everybody that they will be closed
    // within `window`.
    void begin_drain(std::chrono::milliseconds window, goes_on service);
    // Pushes what waits in rooms, then closes those whose turn it is: nobody misses what was
    // accepted before. To be called every now and then.
    void drain();
    // Lets the API go, too.
    void close_api();
    // Closes every socket now.
    void abort();
    // The other nodes forget this one at once, and not when its lease ends.
    void leave();

    std::size_t gateway_connections() const noexcept { return gateway_.connections(); }
    std::size_t connections() const noexcept { return gateway_.connections() + api_.connections(); }

private:
    node::node_options node_options(const serve_options& options, const std::string& epoch);
    // Redis may be there later; then requests get 503 until it is.
    void connect_to_redis();
    metrics::collector_options collector_options();
    inspect::inspector_options inspector_options();
    // Returns when `f` has run on all of them, one after the other. What it throws is thrown.
    void on_every_worker(const std::function<void(std::size_t)>& f);
    // Asks all of them again and again; false if it is not true of all of them within the time.
    bool wait_for_workers(
        std::chrono::milliseconds time,
        const std::function<bool(std::size_t)>& is_done
    );

    const std::unique_ptr<net::tls_context> tls_;
    worker::memory_budget waiting_;  // at both doors
    worker::memory_part unfinished_{waiting_};
    gateway::gateway_options gateway_options_;
    api::api_options api_options_;
    worker::worker_pool workers_;
    // The node's, by worker; of one kind there are none.
    storage::memory_stores stores_;
    std::vector<storage::redis_store*> redis_stores_;
    node::node node_;
    node::node_snapshot memory_;
    auth::authority tokens_;
    const std::unique_ptr<ask::http_asker> asker_;  // null: logins are asked of nobody
    session::services services_;
    net::admission admission_;
    metrics::collector collector_;
    inspect::inspector inspector_;
    gateway::router router_;
    gateway::gateway gateway_;
    api::api_server api_;
    // Workers that have not had a turn since the last has_pulse().
    std::atomic<std::size_t> without_turn_{0};
};

}  // namespace gim::cmd
