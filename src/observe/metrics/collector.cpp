#include "observe/metrics/collector.hpp"

#include "observe/stats/counters.hpp"
#include "worker/worker.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace gim::metrics {

namespace asio = boost::asio;

collector::collector(node::node& all, collector_options options)
    : all_(all), options_(std::move(options)) {}

asio::awaitable<std::string> collector::scrape() {
    return worker::and_return(all_.here().thread, gather());
}

// Leaves the coroutine on the thread aside.
asio::awaitable<std::string> collector::gather() {
    readings r;
    r.version = options_.version;
    if (options_.add_common) {
        options_.add_common(r.now);
    }
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& shard = all_.at(w);
        co_await worker::hop(shard.thread);
        add(shard, r);
    }
    auto aside = asio::bind_executor(aside_.get_executor(), asio::use_awaitable);
    co_await asio::post(aside);
    r.process = read_process();
    co_return exposition(r);
}

void collector::add(node::shard& from, readings& to) const {
    const auto& counters = from.thread.counters();
    for (const auto& e : stats::events) {
        to.events[static_cast<std::size_t>(e.what)] += counters.count(e.what);
    }
    for (const auto& d : stats::distributions) {
        const auto read = counters.read(d.what);
        if (d.what == stats::distribution::worker_lag) {
            to.worker_lags.push_back(read);
        } else {
            to.histograms[static_cast<std::size_t>(d.what)].add(read);
        }
    }
    auto& now = to.now;
    ++now.workers;
    now.users_online += from.users.size();
    now.rooms_active += from.rooms.rooms();
    const auto stored = from.store->sizes();
    now.stored_messages += stored.messages;
    now.stored_message_bytes += stored.message_bytes;
    now.stored_sessions += stored.sessions;
    now.stored_rooms += stored.rooms;
    now.stored_rooms_left += stored.rooms_left;
    now.stored_users += stored.users;
    now.stored_users_idle += stored.users_idle;
    now.stored_requests += stored.requests;
    if (options_.add_worker) {
        options_.add_worker(from.thread.index(), now);
    }
}

}  // namespace gim::metrics
