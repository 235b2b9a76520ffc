#pragma once

#include "model/message.hpp"
#include "node/change_gate.hpp"
#include "node/connection_closer.hpp"
#include "node/quotas.hpp"
#include "node/room_attendance.hpp"
#include "node/room_push.hpp"
#include "node/shared_changes.hpp"
#include "node/user_directory.hpp"
#include "observe/trace/recorder.hpp"
#include "observe/trace/tracer.hpp"
#include "push/batch.hpp"
#include "push/flush_gate.hpp"
#include "push/frame_packer.hpp"
#include "push/local_audience.hpp"
#include "storage/store.hpp"
#include "worker/memory_budget.hpp"
#include "worker/worker_pool.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::node {

// What one worker owns: the users and sessions that are at home there, and the connections that
// live there.
struct shard {
    worker::worker& thread;
    std::unique_ptr<storage::store> store;
    std::unique_ptr<shared_changes> changes_of_others;  // null: the store tells of none
    user_directory users;
    std::unique_ptr<trace::tracer> tracer;
    std::unique_ptr<push::frame_packer> packer;  // null: nothing is compressed
    room_push rooms;
    room_attendance attendance;  // of those rooms
    push::local_audience audience;
    quotas limits;
    connection_closer* closer = nullptr;  // borrowed; null: no connection here has a socket
    change_gate changes{};                // of requests that begin here
};

// What may change while the process runs.
struct node_limits {
    // Connections that a user may have at once; one more closes the user's oldest with 4502. 0: no
    // limit. Larger: a message to a user is written to as many sockets.
    std::size_t connections_per_user = 8;
    quota_options quotas = {};
};

// What other processes, and clients, know this one by.
struct node_name {
    std::string id;
    std::string address;  // where clients connect; empty: none is to be sent here
};

struct node_options {
    push::batch_policy batching;
    // How many rooms may flush at once in the whole process; 0: as many as there are.
    std::size_t flush_limit = 0;
    // Makes the store of the worker with that index.
    std::function<std::unique_ptr<storage::store>(std::size_t worker)> make_store;
    // Milliseconds since 1970 (UTC).
    std::function<std::int64_t()> wall_clock;
    node_limits limits = {};
    // Empty: nothing is compressed for anybody.
    std::optional<websocket::deflate_options> compression = {};
    trace::recorder_options tracing = {};
    // Traced from the beginning, as many of them as may be.
    std::vector<std::string> traced_users = {};
    node_name name = {};
    // What waits at both doors. Null: it has no limit. Borrowed.
    worker::memory_budget* memory = nullptr;
};

// All shards of the process, and the ways between them.
//
// Threads: what is in a shard is touched only on that shard's worker. The functions of the node are
// for any worker.
class node {
public:
    // `workers` is borrowed; it must not run yet, and must be joined before the node is destroyed.
    node(worker::worker_pool& workers, node_options options);
    node(const node&) = delete;
    node& operator=(const node&) = delete;

    const node_options& options() const noexcept { return options_; }
    std::int64_t now_ms() const { return options_.wall_clock(); }
    // From now on. REQUIRES: no worker is in a turn.
    void set_limits(const node_limits& limits) noexcept;
    std::size_t size() const noexcept { return shards_.size(); }

    // How often that happened in the whole process.
    std::uint64_t count(stats::event what) const noexcept { return workers_.count(what); }

    shard& at(std::size_t worker) noexcept { return *shards_[worker]; }
    shard& here() noexcept { return at(workers_.current().index()); }
    shard& home_of_user(std::string_view id) noexcept { return at(workers_.home(id).index()); }
    shard& home_of(const model::session_id& s) noexcept {
        return at(workers_.home(s.text()).index());
    }

    // Whether as much waits at both doors as may.
    bool is_short_of_memory() const noexcept;
    // 503 if it is, for requests that make more wait. REQUIRES: called on a worker.
    model::result<void> require_memory();

    // Who is traced. Each worker's tracer knows as well, since trace_service tells it.
    trace::recorder& traces() noexcept { return traces_; }

    // Pushes a packet to every connection of a user but one. May be called on any worker; packets
    // that one worker sends to one user arrive in that order. `note` may be null.
    void push_to_user(
        std::string user,
        model::packet p,
        std::optional<push::connection_id> except,
        trace::note_ptr note = nullptr
    );

    // Closes one connection. May be called on any worker; nothing happens if it is gone.
    void close_connection(const connection_ref& c, websocket::close_code code, std::string reason);
    // Closes all connections of a user, who is offline when that has reached the user's home. May
    // be called on any worker.
    void close_connections(std::string user, websocket::close_code code, std::string reason);
    // The same with 4503, as a back end wants it.
    void disconnect(std::string user);

    // The gate that bounds how many rooms flush at once. `go` is called on some worker when it is
    // the caller's turn, with a pass; the turn ends when the last copy of the pass is destroyed.
    bool has_flush_limit() const noexcept { return options_.flush_limit != 0; }
    void enter_flush_gate(std::function<void(std::shared_ptr<void> pass)> go);

private:
    // More or fewer connections of a worker receive the room than before.
    void tell_received(const std::string& room);
    void push_at_home(
        shard& home,
        std::string_view user,
        const model::packet& p,
        std::optional<push::connection_id> except,
        const trace::note_ptr& note
    );

    worker::worker_pool& workers_;
    node_options options_;
    trace::recorder traces_;
    std::vector<std::unique_ptr<shard>> shards_;
    push::flush_gate gate_;  // worker 0's
};

}  // namespace gim::node
