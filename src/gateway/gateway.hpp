#pragma once

#include "gateway/connection.hpp"
#include "gateway/drain_queue.hpp"
#include "gateway/flusher.hpp"
#include "gateway/gateway_options.hpp"
#include "net/acceptor.hpp"
#include "net/admission.hpp"
#include "net/listener.hpp"
#include "net/peer.hpp"
#include "node/connection_closer.hpp"
#include "observe/inspect/connection_source.hpp"
#include "websocket/close_code.hpp"
#include "websocket/inflater.hpp"
#include "worker/worker_pool.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace gim::gateway {

// The WebSocket door: every worker accepts connections from its own socket and keeps them for life.
//
// Threads: every function may be called from any thread; start() and stop_accepting() once each.
class gateway {
public:
    // Takes one listening socket for each worker. What is borrowed must outlive the gateway, which
    // must outlive the workers' threads.
    gateway(
        worker::worker_pool& workers,
        net::listeners sockets,
        net::admission& admitted,
        const gateway_options& options,
        frame_handler& handler
    );
    ~gateway();
    gateway(const gateway&) = delete;
    gateway& operator=(const gateway&) = delete;

    void start();
    // Looks again at the options, which are others. REQUIRES: no worker is in a turn.
    void options_changed() noexcept;
    // Accepts nobody from now on.
    void stop_accepting();
    // Who comes meanwhile waits.
    void pause_accepting();
    void resume_accepting();
    // What becomes of those who have connected and have no WebSocket yet when a drain begins.
    enum class newcomers {
        let_go,  // at once: whoever comes now is refused as well
        let_in   // and closed then: whoever comes now is accepted by another process
    };
    // Sends every connection a notice (op 107) that it closes within `window`, and when. A
    // connection that is still upgrading gets its notice after the upgrade.
    void begin_drain(drain_queue::clock::duration window, newcomers late);
    // Closes those whose time has come by `now` with 1001, behind what waits for them.
    void close_due(drain_queue::clock::time_point now);
    // Closes every socket now; what waits is lost.
    void abort_all();

    // What closes the connections of that worker, on it.
    node::connection_closer& closer(std::size_t worker) noexcept { return *doors_[worker]; }

    std::size_t connections() const noexcept { return open_.load(); }
    // Those of that worker whose sockets take nothing more for now. REQUIRES: called on it.
    const push::slow_readers& slow(std::size_t worker) noexcept {
        return doors_[worker]->flushing.list().slow();
    }
    // All of that worker. REQUIRES: used on it.
    inspect::connection_source& source(std::size_t worker) noexcept { return *doors_[worker]; }

private:
    // What one worker has.
    struct door final : node::connection_closer, inspect::connection_source {
        door(
            worker::worker& home,
            net::unique_fd listening,
            const net::tcp& protocol,
            net::admission& admitted,
            const gateway_options& options,
            frame_handler& handler,
            gateway& all
        );

        void close(push::connection_id id, websocket::close_code code, std::string_view reason)
            override;

        std::size_t size() const override { return connections.size(); }
        std::size_t places() const override { return connections.bucket_count(); }
        void visit(
            std::size_t begin,
            std::size_t end,
            drain_queue::clock::time_point now,
            const std::function<void(const inspect::connection_figures&)>& f
        ) const override;
        std::optional<inspect::connection_row>
        row(push::connection_id id, drain_queue::clock::time_point now) override;

        // Tells the next ones when they will be closed, and the others in turns to come.
        void tell_leaving();
        void tell_some();
        void close_due(drain_queue::clock::time_point now);

        flusher flushing;
        const std::unique_ptr<websocket::inflater> inflating;  // null: without compression
        connection_context shared;
        net::acceptor accepting;
        std::unordered_map<push::connection_id, std::shared_ptr<connection>> connections;
        drain_queue leaving;
    };

    void begin(door& d, net::arrival arrived);
    static void begin_drain(door& d, drain_queue::clock::duration window, newcomers late);

    const gateway_options& options_;
    std::vector<std::unique_ptr<door>> doors_;
    std::atomic<push::connection_id> next_id_{1};
    std::atomic<std::size_t> open_{0};
};

}  // namespace gim::gateway
