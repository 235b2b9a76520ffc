#pragma once

#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

// Coroutines that run on the workers of a started pool while the test waits for them, never for
// ever.
namespace gim::test {

// Longer than anything takes on a busy machine under the sanitizers.
inline constexpr std::chrono::seconds patience{20};

template <class T>
T wait_for(std::future<T> result) {
    if (result.wait_for(patience) != std::future_status::ready) {
        throw std::runtime_error("waited too long");
    }
    return result.get();
}

// Starts the coroutine that `make` returns on `w`.
template <class Make>
auto start_on(worker::worker& w, Make make) {
    using value = typename std::invoke_result_t<Make>::value_type;
    auto promised = std::make_shared<std::promise<value>>();
    auto result = promised->get_future();
    boost::asio::co_spawn(
        w.executor(),
        [promised, make = std::move(make)]() mutable -> boost::asio::awaitable<void> {
            try {
                auto running = make();
                if constexpr (std::is_void_v<value>) {
                    co_await std::move(running);
                    promised->set_value();
                } else {
                    auto done = co_await std::move(running);
                    promised->set_value(std::move(done));
                }
            } catch (...) {
                promised->set_exception(std::current_exception());
            }
        },
        boost::asio::detached
    );
    return result;
}

// Runs the coroutine that `make` returns on `w`, to its end.
template <class Make>
auto run_on(worker::worker& w, Make make) {
    return wait_for(start_on(w, std::move(make)));
}

// Calls `f` on `w` and returns what it returns.
template <class F>
auto call_on(worker::worker& w, F f) {
    auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(f));
    auto result = task->get_future();
    w.post([task] { (*task)(); });
    return wait_for(std::move(result));
}

}  // namespace gim::test
