#pragma once

#include "node/node.hpp"
#include "observe/metrics/exposition.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace gim::metrics {

struct collector_options {
    std::string version;
    // Adds what is known from any thread. May be empty.
    std::function<void(gauges&)> add_common;
    // Adds what that worker has; called on it. May be empty.
    std::function<void(std::size_t worker, gauges&)> add_worker;
};

// Gathers what GET /metrics tells.
//
// Problem: counting must cost nearly nothing, and asking must hold nobody up. So every worker
// counts for itself, and a scrape visits one after the other for a few loads each. The text is
// written, and the descriptors are counted, on a thread aside.
//
// Threads: scrape() on any worker.
class collector {
public:
    // `all` is borrowed and must outlive the collector.
    collector(node::node& all, collector_options options);
    collector(const collector&) = delete;
    collector& operator=(const collector&) = delete;

    // The text of all metrics. Returns on the worker on which it was called.
    boost::asio::awaitable<std::string> scrape();

    // Waits for what the thread aside is doing. REQUIRES: the workers' threads have ended.
    void join() { aside_.join(); }

private:
    boost::asio::awaitable<std::string> gather();
    void add(node::shard& from, readings& to) const;

    node::node& all_;
    const collector_options options_;
    boost::asio::thread_pool aside_{1};
};

}  // namespace gim::metrics
