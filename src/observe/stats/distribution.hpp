#pragma once

#include "observe/stats/histogram_family.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string_view>

namespace gim::stats {

// What is observed with a value each time: a histogram a worker.
//
// A new one is one line here and one in the table below; without that it does not compile.
enum class distribution : std::size_t {
    request_login,
    request_logout,
    request_heartbeat,
    request_refresh,
    request_send,
    request_history,
    request_sessions,
    request_join,
    request_leave,
    request_members,
    request_unknown,  // an op that there is not
    http_request,
    batch_messages,
    push_lateness,
    outbox_age_at_cut,
    worker_lag,

    end  // none: how many there are
};

inline constexpr std::size_t distribution_count = static_cast<std::size_t>(distribution::end);

struct distribution_about {
    distribution what;
    histogram_family family;
    std::string_view series;  // the value of that family's label; empty: none, or the worker
};

// One a line, in the order of the enumeration.
// clang-format off
inline constexpr std::array<distribution_about, distribution_count> distributions{{
    {distribution::request_login, histogram_family::request_duration, "login"},
    {distribution::request_logout, histogram_family::request_duration, "logout"},
    {distribution::request_heartbeat, histogram_family::request_duration, "heartbeat"},
    {distribution::request_refresh, histogram_family::request_duration, "refresh"},
    {distribution::request_send, histogram_family::request_duration, "send"},
    {distribution::request_history, histogram_family::request_duration, "history"},
    {distribution::request_sessions, histogram_family::request_duration, "sessions"},
    {distribution::request_join, histogram_family::request_duration, "join"},
    {distribution::request_leave, histogram_family::request_duration, "leave"},
    {distribution::request_members, histogram_family::request_duration, "members"},
    {distribution::request_unknown, histogram_family::request_duration, "unknown"},
    {distribution::http_request, histogram_family::http_request_duration, ""},
    {distribution::batch_messages, histogram_family::batch_messages, ""},
    {distribution::push_lateness, histogram_family::push_lateness, ""},
    {distribution::outbox_age_at_cut, histogram_family::outbox_age_at_cut, ""},
    {distribution::worker_lag, histogram_family::worker_lag, ""},
}};
// clang-format on

constexpr const distribution_about& about(distribution d) noexcept {
    return distributions[static_cast<std::size_t>(d)];
}
constexpr const histogram_family_about& family_of(distribution d) noexcept {
    return about(about(d).family);
}

consteval bool are_distributions_sound() {
    for (std::size_t i = 0; i < distribution_count; ++i) {
        const auto& row = distributions[i];
        const auto& label = about(row.family).label;
        const bool has_value = !row.series.empty() || label == "worker";
        if (row.what != static_cast<distribution>(i) || has_value == label.empty()) {
            return false;
        }
        for (std::size_t k = 0; k < i; ++k) {
            if (distributions[k].family == row.family && distributions[k].series == row.series) {
                return false;
            }
        }
    }
    return true;
}
static_assert(are_distributions_sound(), "each has one row in `distributions`, at its place");

consteval bool are_histogram_families_sound() {
    for (std::size_t i = 0; i < histogram_families.size(); ++i) {
        const auto& f = histogram_families[i];
        const auto is_of_it = [&f](const distribution_about& d) { return d.family == f.what; };
        if (f.what != static_cast<histogram_family>(i) ||
            f.bounds.size() > histogram_reading::most_bounds ||
            !std::ranges::is_sorted(f.bounds, std::ranges::less_equal()) ||
            !std::ranges::any_of(distributions, is_of_it)) {
            return false;
        }
    }
    return true;
}
static_assert(are_histogram_families_sound(), "each has one row, ascending bounds and a use");

}  // namespace gim::stats
