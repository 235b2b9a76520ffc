#pragma once

#include "model/error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <future>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace gim::test {

// Runs a coroutine to its end and returns its result, or throws what it threw. For coroutines that
// wait for nothing but what they themselves have started.
template <class T>
T run(boost::asio::awaitable<T> work) {
    boost::asio::io_context context(1);
    auto result = boost::asio::co_spawn(context, std::move(work), boost::asio::use_future);
    context.run();
    if (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        throw std::logic_error("the coroutine still waits, and nothing is left to wake it");
    }
    return result.get();
}

// What a result holds; throws with the message of a refusal.
template <class T>
T unwrap(model::result<T> result) {
    if (result.has_error()) {
        throw std::runtime_error("refused: " + result.error().message);
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

// run() for coroutines that may refuse: then throws with the refusal's message.
template <class T>
T run_ok(boost::asio::awaitable<model::result<T>> work) {
    return unwrap(run(std::move(work)));
}

}  // namespace gim::test
