#pragma once

#include "api/api_options.hpp"
#include "api/connection.hpp"
#include "api/request_handler.hpp"
#include "net/acceptor.hpp"
#include "net/admission.hpp"
#include "net/listener.hpp"
#include "net/peer.hpp"
#include "worker/worker_pool.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gim::api {

// The HTTP door: every worker accepts connections from its own socket and keeps them for life.
//
// Threads: every function may be called from any thread.
class api_server {
public:
    // Takes one listening socket for each worker. What is borrowed must outlive the server, which
    // must outlive the workers' threads.
    api_server(
        worker::worker_pool& workers,
        net::listeners sockets,
        net::admission& admitted,
        const api_options& options,
        session::services& services,
        const auth::authority& tokens,
        node::node& all,
        metrics::collector& metrics,
        inspect::inspector& inspector
    );
    ~api_server();
    api_server(const api_server&) = delete;
    api_server& operator=(const api_server&) = delete;

    // Accepts from now on, and is ready. Once.
    void start();
    // Accepts nobody from now on.
    void stop_accepting();
    // Who comes meanwhile waits.
    void pause_accepting();
    void resume_accepting();
    // What GET /readyz says: 200 if the service may be used, else 503.
    void set_ready(bool ready) noexcept { handler_.set_ready(ready); }
    // Closes every connection that is between two requests, and the others behind the answer that
    // they are getting.
    void close_all(connection::unasked what = connection::unasked::cut);
    // Closes every socket now; what waits is lost.
    void abort_all();

    std::size_t connections() const noexcept { return open_.load(); }
    // Those of that worker. REQUIRES: called on it.
    std::size_t connections(std::size_t worker) const noexcept {
        return doors_[worker]->connections.size();
    }

private:
    // What one worker has.
    struct door {
        worker::worker& home;
        net::acceptor accepting;
        std::unordered_map<connection*, std::unique_ptr<connection>> connections;
    };

    void begin(door& d, net::arrival arrived);
    void on_every_connection(std::function<void(connection&)> f);

    const api_options& options_;
    request_handler handler_;
    std::vector<std::unique_ptr<door>> doors_;
    std::atomic<std::size_t> open_{0};
};

}  // namespace gim::api
