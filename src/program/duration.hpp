#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gim::program {

using duration = std::chrono::nanoseconds;

// Understands durations as Go writes them: numbers with a unit, one after the other, such as
// "200ms", "1m30s", "1.5s", "100us", or "0". Units: ns us (µs) ms s m h. A sign may lead. Parts of
// a nanosecond are cut off. Empty: not a duration, or more than 292 years.
std::optional<duration> parse_duration(std::string_view text);

// The shortest text that parse_duration() takes back to the same value: "1m30s", "1.5s", "100us",
// "24h", "0s". It differs from Go's in leaving zeros out ("1m", where Go has "1m0s").
std::string to_string(duration d);

}  // namespace gim::program
