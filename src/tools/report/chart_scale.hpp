#pragma once

#include <vector>

namespace gim::report {

// Where a value lies on an axis: 0 at its begin, 1 at its end, and which values get a tick. An axis
// has round ends that hold all its values, and a length above 0 whatever the values are.

class linear_scale {
public:
    // From 0 to a round number of at least `highest`, in at most `most_steps` steps.
    linear_scale(double highest, int most_steps);

    double place(double value) const noexcept;
    std::vector<double> ticks() const;

private:
    double step_;
    double end_;
};

class log_scale {
public:
    // Values of 0 and below count as the lowest.
    log_scale(double lowest, double highest);

    double place(double value) const noexcept;
    // 1, 2, 5, 10, ... of a short axis, powers of ten of a long one.
    std::vector<double> ticks() const;

private:
    double low_;
    double high_;
};

}  // namespace gim::report
