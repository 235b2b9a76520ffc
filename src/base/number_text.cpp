#include "base/number_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace gim::base {

namespace {

constexpr std::array<std::string_view, 4> time_units{"ns", "us", "ms", "s"};

struct scaled {
    double value;
    std::string_view unit;
};

// The first unit in which `value` stays below `base` when it is rounded to three digits; the last
// one if there is none.
scaled in_units(double value, double base, std::span<const std::string_view> units) {
    std::size_t at = 0;
    while (at + 1 < units.size() && value >= base - 0.5) {
        value /= base;
        ++at;
    }
    return {value, units[at]};
}

}  // namespace

std::string grouped(std::uint64_t n) {
    auto digits = std::to_string(n);
    for (auto at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, 1, ',');
    }
    return digits;
}

std::string decimal_text(double n) {
    if (!std::isfinite(n)) {
        return "-";
    }
    if (n < 0) {
        return "-" + decimal_text(-n);
    }
    if (n >= 99.95) {
        // Beyond 2^63 there is nothing to count.
        return n < 9e18 ? grouped(static_cast<std::uint64_t>(std::llround(n)))
                        : fmt::format("{:.2e}", n);
    }
    if (n >= 9.995) {
        return fmt::format("{:.1f}", n);
    }
    return n >= 0.9995 || n == 0 ? fmt::format("{:.{}f}", n, n == 0 ? 0 : 2)
                                 : fmt::format("{:.3g}", n);
}

std::string compact_text(double n) {
    static constexpr std::array<std::string_view, 4> units{"", "k", "M", "G"};
    const auto [value, unit] = in_units(n, 1000, units);
    return fmt::format("{:.3g}{}", value, unit);
}

std::string percent_text(double part) {
    const double percent = part * 100;
    if (percent >= 9.95 || percent == 0) {
        return fmt::format("{:.0f} %", percent);
    }
    return percent >= 0.095 ? fmt::format("{:.1f} %", percent) : fmt::format("{:.2g} %", percent);
}

std::string bytes_text(double bytes) {
    static constexpr std::array<std::string_view, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
    const auto [value, unit] = in_units(bytes, 1024, units);
    return fmt::format("{} {}", decimal_text(value), unit);
}

std::string duration_text(std::chrono::nanoseconds d) {
    const auto [value, unit] = in_units(static_cast<double>(d.count()), 1000, time_units);
    return fmt::format("{} {}", decimal_text(value), unit);
}

std::string duration_tick(std::chrono::nanoseconds d) {
    const auto [value, unit] = in_units(static_cast<double>(d.count()), 1000, time_units);
    return fmt::format("{:.3g} {}", value, unit);
}

std::string cpu_text(double ns) {
    return ns < 9999.5 ? decimal_text(ns) + " ns"
                       : duration_text(std::chrono::nanoseconds(std::llround(ns)));
}

std::string plural(std::string_view noun) {
    if (noun.ends_with('y')) {
        return std::string(noun.substr(0, noun.size() - 1)) + "ies";
    }
    return std::string(noun) + "s";
}

std::string count_of(std::uint64_t n, std::string_view noun) {
    return fmt::format("{} {}", grouped(n), n == 1 ? std::string(noun) : plural(noun));
}

}  // namespace gim::base
