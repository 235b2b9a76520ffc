#include "tools/report/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gim::report {

namespace {

constexpr std::array round_digits{1.0, 2.0, 5.0, 10.0};
// 0.1 + 0.2 is not to be beyond 0.3.
constexpr double tolerance = 1e-9;

double power_of_ten(double value) {
    return std::pow(10.0, std::floor(std::log10(value) + tolerance));
}

// The next of ..., 0.5, 1, 2, 5, 10, 20, ...: REQUIRES value > 0.
double rounded_up(double value) {
    const double power = power_of_ten(value);
    const auto* digit = std::ranges::find_if(round_digits, [&](double d) {
        return d * power >= value * (1 - tolerance);
    });
    return *digit * power;
}

double rounded_down(double value) {
    const double power = power_of_ten(value);
    double digit = 1;
    for (const double d : round_digits) {
        if (d * power <= value * (1 + tolerance)) {
            digit = d;
        }
    }
    return digit * power;
}

}  // namespace

linear_scale::linear_scale(double highest, int most_steps) {
    const double top = highest > 0 ? highest : 1;
    step_ = rounded_up(top / most_steps);
    end_ = step_ * std::ceil(top / step_ * (1 - tolerance));
}

double linear_scale::place(double value) const noexcept {
    return std::clamp(value / end_, 0.0, 1.0);
}

std::vector<double> linear_scale::ticks() const {
    std::vector<double> out;
    for (int i = 0; step_ * i <= end_ * (1 + tolerance); ++i) {
        out.push_back(step_ * i);
    }
    return out;
}

log_scale::log_scale(double lowest, double highest) {
    const double from = lowest > 0 ? lowest : 1;
    low_ = rounded_down(from);
    high_ = rounded_up(std::max(highest, from));
    if (high_ <= low_) {
        high_ = rounded_up(low_ * 2);
    }
}

double log_scale::place(double value) const noexcept {
    if (value <= low_) {
        return 0;
    }
    return std::min(1.0, std::log(value / low_) / std::log(high_ / low_));
}

std::vector<double> log_scale::ticks() const {
    constexpr double most_digits = 200;  // up to this ratio, 2 and 5 have ticks too
    std::vector<double> out;
    const bool is_short = high_ / low_ <= most_digits * (1 + tolerance);
    for (double tick = low_; tick <= high_ * (1 + tolerance); tick = rounded_up(tick * 1.5)) {
        if (is_short || std::abs(tick / power_of_ten(tick) - 1) < tolerance) {
            out.push_back(tick);
        }
    }
    return out;
}

}  // namespace gim::report
