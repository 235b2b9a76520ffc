#include "gim/drain.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace gim::cmd {

namespace {

// How often rooms push what waits and those whose turn it is are closed.
constexpr std::chrono::milliseconds round_length{50};
// How long the clients of the API may take to read their last answers.
constexpr std::chrono::seconds api_timeout{2};
// How long the workers may take to release sockets that were closed under them.
constexpr std::chrono::seconds abort_timeout{2};

// The time from the first close to the last: the last one also needs some to be answered.
std::chrono::milliseconds window_of(const serve_options& options) {
    const auto window = options.drain_timeout - options.gateway.close_timeout - round_length;
    return std::chrono::floor<std::chrono::milliseconds>(std::max(window, program::duration::zero())
    );
}

}  // namespace

drained drain(
    server& running,
    server::goes_on service,
    program::main_loop& loop,
    const serve_options& options
) {
    using clock = std::chrono::steady_clock;
    const auto start = clock::now();
    const auto connected = running.gateway_connections();
    running.begin_drain(window_of(options), service);
    if (connected > 0) {
        spdlog::info("draining: {} connections at the gateway", connected);
    }
    auto next_round = start;
    const auto all_left = [&] {
        if (clock::now() >= next_round) {
            running.drain();
            next_round = clock::now() + round_length;
        }
        return running.gateway_connections() == 0;
    };
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(options.drain_timeout);
    bool is_calm = loop.wait_for(time, all_left);
    const auto is_empty = [&] { return running.connections() == 0; };
    if (is_calm) {
        running.close_api();
        is_calm = loop.wait_for(api_timeout, is_empty);
    }
    if (!is_calm) {
        spdlog::info("{} connections are cut", running.connections());
        running.abort();
        if (!loop.wait_for(abort_timeout, is_empty)) {
            spdlog::error("{} connections did not end", running.connections());
            return drained::in_part;
        }
    }
    const std::chrono::duration<double> took = clock::now() - start;
    spdlog::info("stopped: {} connections left within {:.1f} s", connected, took.count());
    return drained::wholly;
}

}  // namespace gim::cmd
