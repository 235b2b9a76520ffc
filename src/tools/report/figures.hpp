#pragma once

#include "tools/load/measurement.hpp"

#include <cstdint>
#include <optional>

namespace gim::report {

// What follows from a measurement, worked out once for every report. Empty: it has no meaning in
// this scenario, or is not known.
struct figures {
    explicit figures(const load::measurement& m);

    std::optional<double> offered_per_second;
    std::optional<double> sent_per_second;
    std::optional<double> delivered_per_second;
    std::optional<double> bytes_per_unit;
    std::optional<double> units_per_frame;

    std::optional<double> server_ns_per_unit;
    std::optional<double> server_user_ns_per_unit;
    std::optional<double> server_system_ns_per_unit;

    std::optional<double> redis_ns_per_message;

    // CPU time by wall time: 1 is one core the whole time.
    std::optional<double> server_core_share;
    std::optional<double> redis_core_share;
    std::optional<double> generator_core_share;
    // At least 90 % of what it may use, together with whoever shares it. Empty if that is not
    // known.
    std::optional<bool> server_saturated;
    std::optional<bool> redis_saturated;
    std::optional<bool> generator_saturated;

    // Whether each delivery was looked for. If so: whether it came, once, and in order.
    bool has_losses_counted = false;
    bool is_intact = false;
    std::optional<double> lost_share;  // of those expected
};

}  // namespace gim::report
