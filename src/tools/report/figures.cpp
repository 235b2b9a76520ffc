#include "tools/report/figures.hpp"

namespace gim::report {

using load::cpu_time;
using load::measurement;

namespace {

using std::chrono::nanoseconds;

std::optional<double> ratio(double part, double whole) {
    return part > 0 && whole > 0 ? std::optional(part / whole) : std::nullopt;
}

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) {
    return ratio(static_cast<double>(part), static_cast<double>(whole));
}

// No user time at all is an answer, other than no units.
std::optional<double> ns_per(nanoseconds time, std::uint64_t units) {
    return units > 0 ? std::optional(static_cast<double>(time.count()) / static_cast<double>(units))
                     : std::nullopt;
}

std::optional<bool> is_saturated(std::optional<double> share, unsigned cores) {
    return share && cores > 0 ? std::optional(*share >= 0.9 * cores) : std::nullopt;
}

}  // namespace

figures::figures(const measurement& m) {
    const double seconds = std::chrono::duration<double>(m.time).count();
    const auto per_second = [](std::uint64_t n, nanoseconds time) {
        return ratio(static_cast<double>(n), std::chrono::duration<double>(time).count());
    };
    const auto core_share = [&](const cpu_time& cpu) {
        return ratio(std::chrono::duration<double>(cpu.total()).count(), seconds);
    };
    offered_per_second = per_second(m.offered, m.sending_time);
    sent_per_second = per_second(m.sent, m.sending_time);
    delivered_per_second = per_second(m.units_in_time, m.time);
    bytes_per_unit = ratio(m.bytes, m.units_in_time);
    units_per_frame = ratio(m.units_in_time, m.frames);

    generator_core_share = core_share(m.generator_cpu);
    generator_saturated = is_saturated(generator_core_share, m.generator_cores);
    if (m.redis) {
        redis_ns_per_message = ns_per(m.redis->cpu.total(), m.messages_in_time);
        redis_core_share = core_share(m.redis->cpu);
        redis_saturated = is_saturated(redis_core_share, 1);
        if (m.redis->shares_generator_core) {
            const double both = redis_core_share.value_or(0) + generator_core_share.value_or(0);
            redis_saturated = generator_saturated = is_saturated(both, m.generator_cores);
        }
    }
    if (m.server_cpu) {
        server_ns_per_unit = ns_per(m.server_cpu->total(), m.units_in_time);
        server_user_ns_per_unit = ns_per(m.server_cpu->user, m.units_in_time);
        server_system_ns_per_unit = ns_per(m.server_cpu->system, m.units_in_time);
        server_core_share = core_share(*m.server_cpu);
        server_saturated = is_saturated(server_core_share, m.server_cores);
    }

    const bool is_wrong = m.lost > 0 || m.duplicated > 0 || m.out_of_order > 0;
    has_losses_counted = m.expected > 0 || is_wrong;
    is_intact = !is_wrong;
    if (m.expected > 0) {
        lost_share = static_cast<double>(m.lost) / static_cast<double>(m.expected);
    }
}

}  // namespace gim::report
