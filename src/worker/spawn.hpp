#pragma once

#include "observe/stats/log_failure.hpp"
#include "worker/worker.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <string_view>
#include <utility>

namespace gim::worker {

// Starts a coroutine on `w`; `make` is a callable that returns it and is kept until it ends. An
// exception that gets out of it is logged under `role` and ends that coroutine only. Called on `w`
// itself, the body begins before spawn() returns.
template <class Make>
void spawn(worker& w, std::string_view role, Make&& make) {
    boost::asio::co_spawn(
        w.executor(),
        std::forward<Make>(make),
        [role](std::exception_ptr failure) {
            if (!failure) {
                return;
            }
            try {
                std::rethrow_exception(failure);
            } catch (const std::exception& e) {
                stats::log_failure(
                    stats::failure::coroutine, {}, "{} ended by an exception: {}", role, e.what()
                );
            } catch (...) {
                stats::log_failure(
                    stats::failure::coroutine, {}, "{} ended by an unknown exception", role
                );
            }
        }
    );
}

}  // namespace gim::worker
