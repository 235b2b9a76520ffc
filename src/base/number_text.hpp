#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// Numbers as people read them, in ASCII. About three digits are shown: a run does not tell more.
namespace gim::base {

std::string grouped(std::uint64_t n);                   // "1,234,567"
std::string decimal_text(double n);                     // "0.123", "12.3", "1,234"
std::string compact_text(double n);                     // "950", "12.5k", "3M": for axes
std::string percent_text(double part);                  // 0.976: "98 %", 0.0000012: "0.00012 %"
std::string bytes_text(double bytes);                   // "299 B", "64.0 MiB"
std::string duration_text(std::chrono::nanoseconds d);  // "812 ns", "12.3 us", "1.05 s"
std::string duration_tick(std::chrono::nanoseconds d);  // "5 ms", "1.5 s": for axes
std::string cpu_text(double ns);                        // "292 ns", "3,070 ns", "45.1 us"
std::string plural(std::string_view noun);              // "deliveries", "answers"
std::string count_of(std::uint64_t n, std::string_view noun);  // "1 core", "1,000 cores"

}  // namespace gim::base
