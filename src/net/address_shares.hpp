#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace gim::net {

// A token bucket for each address: `rate` new connections a second, and as many at once after a
// quiet second.
//
// Problem: a peer chooses its address, so a table of all addresses has no bound. A bucket that is
// full again says nothing, so its slot is free; at most 1 / rate seconds pass for each token that
// was taken. If a set of slots is full all the same, the address that took the least is forgotten.
// The memory is fixed, and nothing is allocated.
//
// Sans-io: the clock is passed in. Threads: any.
class address_shares {
public:
    using clock = std::chrono::steady_clock;

    // 0: an address has no share of its own, so take() is always true.
    explicit address_shares(std::size_t rate) noexcept : token_ns_(token_ns(rate)) {}

    // From now on. REQUIRES: no thread is in take() meanwhile.
    void set_rate(std::size_t rate) noexcept { token_ns_ = token_ns(rate); }

    // Whether the address has a token left; takes it. `mixed_key`: of the address, with all its
    // bits mixed by a secret, so that no peer chooses its slot.
    bool take(std::uint64_t mixed_key, clock::time_point now) noexcept;

    static constexpr std::size_t slots() noexcept { return parts * sets * ways; }

private:
    struct slot {
        std::uint64_t key = 0;
        std::int64_t full_at_ns = 0;  // the bucket is full again then
    };
    static constexpr std::size_t parts = 16;
    static constexpr std::size_t sets = 64;
    static constexpr std::size_t ways = 4;

    struct alignas(64) part {
        std::mutex mutex;
        std::array<std::array<slot, ways>, sets> table{};
    };

    static std::int64_t token_ns(std::size_t rate) noexcept;

    std::int64_t token_ns_;  // the time in which one token comes back
    std::array<part, parts> parts_;
};

}  // namespace gim::net
