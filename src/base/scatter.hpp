#pragma once

#include <cstdint>

namespace gim::base {

// splitmix64 (Steele, Lea, Flood 2014). scatter(seed + n * scatter_step) for n = 1, 2, ... is as
// good as random, even for neighbouring seeds; nothing for secrets.
inline constexpr std::uint64_t scatter_step = 0x9e3779b97f4a7c15U;

// Any two numbers come out unlike each other, and the same one always the same.
constexpr std::uint64_t scatter(std::uint64_t n) noexcept {
    n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9U;
    n = (n ^ (n >> 27)) * 0x94d049bb133111ebU;
    return n ^ (n >> 31);
}

}  // namespace gim::base
