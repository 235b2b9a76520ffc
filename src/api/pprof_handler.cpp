#include "api/pprof_handler.hpp"

#include "model/query_source.hpp"
#include "net/sockets.hpp"
#include "observe/profiling/command_line.hpp"
#include "observe/profiling/cpu_profile.hpp"
#include "observe/profiling/heap_profile.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace gim::api {

namespace {

constexpr std::int64_t default_seconds = 30;
constexpr std::int64_t most_seconds = 60;

answer text_answer(std::string text) {
    answer a;
    a.content_type = "text/plain; charset=utf-8";
    a.body = std::move(text);
    return a;
}

}  // namespace

pprof_handler::pprof_handler(switched how, node::node& all, const std::atomic<bool>& ready)
    : all_(all), ready_(ready) {
    if (how == switched::on) {
        symbols_.emplace();
    }
}

boost::asio::awaitable<answer>
pprof_handler::serve(endpoint what, model::query_parameters query, std::string_view body) {
    if (!symbols_) {
        co_return error_answer(404, "pprof: start gim with --profiling-enabled for this");
    }
    if (what == endpoint::pprof_profile) {
        co_return co_await profile(query);
    }
    if (what == endpoint::pprof_heap) {
        auto text = profiling::heap_profile();
        co_return text ? text_answer(*std::move(text))
                       : error_answer(501, profiling::heap_profile_needs);
    }
    if (what == endpoint::pprof_cmdline) {
        co_return text_answer(profiling::command_line());
    }
    if (what == endpoint::pprof_symbols) {
        co_return text_answer(symbols_->names_of(body));
    }
    co_return text_answer("num_symbols: 1\n");  // that is: ask
}

boost::asio::awaitable<answer> pprof_handler::profile(model::query_parameters query) {
    using clock = std::chrono::steady_clock;
    model::query_source fields(query);
    const auto seconds = fields.integer("seconds").value_or(default_seconds);
    if (fields.failure()) {
        co_return to_answer(*fields.failure());
    }
    if (seconds < 1 || seconds > most_seconds) {
        co_return error_answer(400, "seconds: must be 1 to 60");
    }
    auto& home = all_.here().thread;
    profiling::cpu_profile running;
    const auto started = running.start();
    if (started == profiling::cpu_profile::outcome::another_one_runs) {
        co_return error_answer(409, "pprof: another profile is running, ask again in a minute");
    }
    if (started == profiling::cpu_profile::outcome::failed) {
        co_return error_answer(500, "pprof: the profiler does not start");
    }
    const auto end = clock::now() + std::chrono::seconds(seconds);
    boost::asio::steady_timer timer(home.executor());
    while (clock::now() < end && ready_.load()) {
        timer.expires_after(std::chrono::milliseconds(100));
        auto [ec] = co_await timer.async_wait(net::use_ec);
        (void)ec;
    }
    co_await worker::hop(home);
    answer a;
    a.content_type = "application/octet-stream";
    a.body = running.stop();
    co_return a;
}

}  // namespace gim::api
