#pragma once

#include "node/node.hpp"
#include "session/node_choice.hpp"
#include "storage/presence.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace gim::session {

// The processes that are one service: which they are, and to which of them a client is to go.
// Without a shared store it is this one alone.
//
// Threads: any worker's, unless it says otherwise.
class node_service final : private storage::told_to_others {
public:
    using record = storage::node_record;

    explicit node_service(node::node& all);
    node_service(const node_service&) = delete;
    node_service& operator=(const node_service&) = delete;

    // How many connections there are here; from any thread. Said before the workers run.
    void count_connections(std::function<std::size_t()> f) { connections_ = std::move(f); }
    // Nobody is sent here any more. From any thread.
    void begin_drain();

    // Those that live, by id, this one among them. 503 if they are not known. Returns on the worker
    // on which it was called.
    worker::async_result<std::vector<record>> list();
    // Where a client is to connect. 404: no node has an address; 503: none that takes clients, or
    // they are not known.
    model::result<record> route(route_by how, std::string_view user);
    // How long that node has been there now, as far as the clocks of the machines agree.
    std::chrono::milliseconds uptime_of(const record& r) const;
    // How many live, as far as is known.
    std::size_t count();

private:
    boost::asio::awaitable<record> describe() override;
    void tell_all() override;

    record self() const;
    boost::asio::awaitable<record> gather();

    node::node& all_;
    const std::chrono::steady_clock::time_point started_;
    const std::uint64_t seed_;
    std::function<std::size_t()> connections_;
    std::atomic<bool> is_draining_{false};
    std::atomic<std::uint64_t> turn_{0};
    std::vector<least_loaded> least_;  // by worker
};

}  // namespace gim::session
