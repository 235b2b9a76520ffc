#pragma once

#include "tools/top/metrics_text.hpp"

#include <optional>

namespace gim::top {

// Below which so large a part (0.99) was of what a histogram observed between two readings, in its
// unit; between two bounds it is guessed, above the last one it is that. Empty if nothing was.
std::optional<double> quantile(const buckets& before, const buckets& after, double part);

}  // namespace gim::top
