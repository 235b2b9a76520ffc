#pragma once

#include "observe/stats/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gim::stats {

// The histograms of GET /metrics. Each has one series for every distribution that names it
// (distribution.hpp).
enum class histogram_family : std::size_t {
    request_duration,
    http_request_duration,
    batch_messages,
    push_lateness,
    outbox_age_at_cut,
    worker_lag,
    end
};

// In what is observed; durations are told in seconds.
enum class unit { one, nanosecond };

struct histogram_family_about {
    histogram_family what;
    std::string_view name;
    std::string_view label;  // empty: it has one series
    std::string_view help;
    unit in;
    std::span<const std::uint64_t> bounds;
};

namespace bounds {

inline constexpr std::uint64_t us = 1000;
inline constexpr std::uint64_t ms = 1000 * us;
inline constexpr std::uint64_t s = 1000 * ms;

inline constexpr std::array<std::uint64_t, 14> quick{
    100 * us,
    250 * us,
    500 * us,
    1 * ms,
    2500 * us,
    5 * ms,
    10 * ms,
    25 * ms,
    50 * ms,
    100 * ms,
    250 * ms,
    500 * ms,
    1 * s,
    5 * s};
inline constexpr std::array<std::uint64_t, 10>
    slow{50 * ms, 100 * ms, 250 * ms, 500 * ms, 1 * s, 2500 * ms, 5 * s, 10 * s, 30 * s, 60 * s};
inline constexpr std::array<std::uint64_t, 10> counts{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

}  // namespace bounds

inline constexpr std::array<histogram_family_about, std::size_t(histogram_family::end)>
    histogram_families{{
        {histogram_family::request_duration,
         "gim_request_duration_seconds",
         "op",
         "From a WebSocket request read whole to its reply queued, by op.",
         unit::nanosecond,
         bounds::quick},
        {histogram_family::http_request_duration,
         "gim_http_request_duration_seconds",
         "",
         "From an HTTP request read whole to its answer written.",
         unit::nanosecond,
         bounds::quick},
        {histogram_family::batch_messages,
         "gim_batch_messages",
         "",
         "Messages of a packet pushed to a room.",
         unit::one,
         bounds::counts},
        {histogram_family::push_lateness,
         "gim_push_lateness_seconds",
         "",
         "How much later a packet was pushed to a room than the interval promises.",
         unit::nanosecond,
         bounds::quick},
        {histogram_family::outbox_age_at_cut,
         "gim_outbox_age_at_cut_seconds",
         "",
         "How long the oldest frame had waited when a slow reader was cut off.",
         unit::nanosecond,
         bounds::slow},
        {histogram_family::worker_lag,
         "gim_worker_loop_lag_seconds",
         "worker",
         "How late a worker's tick of 25 ms came; it rests where nothing is connected.",
         unit::nanosecond,
         bounds::quick},
    }};

constexpr const histogram_family_about& about(histogram_family f) noexcept {
    return histogram_families[std::size_t(f)];
}

}  // namespace gim::stats
