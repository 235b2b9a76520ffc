#pragma once

#include "observe/metrics/gauges.hpp"
#include "observe/metrics/process_reading.hpp"
#include "observe/stats/distribution.hpp"
#include "observe/stats/event.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gim::metrics {

// All that one scrape tells.
struct readings {
    std::string version;
    // Of all workers.
    std::array<std::uint64_t, stats::event_count> events{};
    std::array<stats::histogram_reading, stats::distribution_count> histograms{};
    // By worker; not in `histograms`.
    std::vector<stats::histogram_reading> worker_lags;
    gauges now;
    process_reading process;
};

// What GET /metrics says that it answers with.
inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

// The readings in the text format of Prometheus. Every series is there from the beginning, also
// where nothing was counted yet.
std::string exposition(const readings& r);

}  // namespace gim::metrics
