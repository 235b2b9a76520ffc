#pragma once

#include "node/node.hpp"
#include "observe/stats/counters.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace gim::node {

// worker::and_return for a task that changes what is kept: 503, and nothing done, if the gate of
// the origin is shut. REQUIRES: on the origin.
//
// The gate is left by a statement and not by an object of the frame's, which may be let go of when
// the gate is gone.
template <class T>
worker::async_result<T> changing(shard& origin, worker::async_result<T> task) {
    if (!origin.changes.enter()) {
        origin.thread.counters().add(stats::event::refused_handover);
        co_return model::error{
            model::status::unavailable,
            "this server is being replaced by a new one: connect again"};
    }
    std::optional<model::result<T>> value;
    std::exception_ptr failure;
    try {
        value = co_await std::move(task);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await worker::hop(origin.thread);
    origin.changes.leave();
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return std::move(*value);
}

}  // namespace gim::node
