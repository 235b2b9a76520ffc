#pragma once

#include "observe/metrics/process_reading.hpp"
#include "observe/stats/event.hpp"
#include "observe/stats/histogram.hpp"
#include "storage/store.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gim::inspect {

// All that is told of a worker.
struct worker_row {
    std::size_t index = 0;
    std::int64_t thread = 0;  // as top -H and perf know it
    std::chrono::microseconds user_cpu{};
    std::chrono::microseconds system_cpu{};
    std::chrono::nanoseconds recent_lag{};  // the largest of the last ten seconds or some more
    stats::histogram_reading lag;           // since the start
    std::uint64_t connections = 0;          // of the gateway
    std::uint64_t api_connections = 0;
    std::uint64_t slow_readers = 0;
    std::uint64_t pending_bytes = 0;  // of those
    std::uint64_t users = 0;          // at home here, and online
    std::uint64_t rooms = 0;          // at home here, and active
    storage::store_sizes stored;
    std::array<std::uint64_t, stats::event_count> events{};
};

struct process_rows {
    std::string version;
    std::int64_t id = 0;
    std::int64_t now_ms = 0;  // since 1970
    metrics::process_reading process;
    std::vector<worker_row> workers;
};

}  // namespace gim::inspect
