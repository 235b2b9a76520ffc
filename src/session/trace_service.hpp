#pragma once

#include "model/replies.hpp"
#include "node/node.hpp"
#include "worker/alarm.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::session {

// Whose messages are followed, begun and ended while the server runs.
//
// Threads: any worker's. Every change begins on one worker, the keeper, so that all workers hear of
// them in one order.
class trace_service {
public:
    using clock = trace::recorder::clock;
    using duration = clock::duration;

    explicit trace_service(node::node& all);

    // From its return on every worker tells the user's steps. Ends by itself after `lasting`; one
    // that runs ends then. Returns on the worker on which it was called; `user` must live until
    // then. 429 if too many are traced.
    worker::async_result<trace::recorder::trace> start(std::string_view user, duration lasting);
    // 404 if the user is not traced. Returns as start() does.
    worker::async_result<trace::recorder::trace> stop(std::string_view user);

    // What was seen so far; 404 if the user is not traced.
    model::result<trace::recorder::trace> find(std::string_view user) const;
    std::vector<trace::recorder::trace> list() const { return all_.traces().all(); }

private:
    worker::async_result<trace::recorder::trace>
    start_at_keeper(std::string_view user, duration lasting);
    worker::async_result<trace::recorder::trace> stop_at_keeper(std::string_view user);
    boost::asio::awaitable<void> find_connections(std::string user);
    // REQUIRES: on the keeper.
    void tell_all_to_stop(const std::string& user);
    void end_due();

    node::node& all_;
    node::shard& keeper_;
    worker::alarm alarm_;  // when the next trace ends
};

}  // namespace gim::session
