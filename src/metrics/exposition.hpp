#pragma once

#include "metrics/gauges.hpp"
#include "metrics/process_reading.hpp"
#include "stats/event.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::metrics {

// All that one scrape tells.
struct readings {
    std::string version;
    std::array<std::uint64_t, stats::event_count> events{};  // of all workers
    gauges now;
    process_reading process;
};

// What GET /metrics says that it answers with.
inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

// The readings in the text format of Prometheus. Every series is there from the beginning, also
// where nothing was counted yet.
std::string exposition(const readings& r);

}  // namespace gim::metrics
