#include "net/address_shares.hpp"

#include <algorithm>

namespace gim::net {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

}  // namespace

std::int64_t address_shares::token_ns(std::size_t rate) noexcept {
    return rate == 0 ? 0 : second_ns / static_cast<std::int64_t>(rate);
}

bool address_shares::take(std::uint64_t mixed_key, clock::time_point now) noexcept {
    if (token_ns_ == 0) {
        return true;
    }
    const std::int64_t now_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    part& p = parts_[mixed_key % parts];
    const std::lock_guard lock(p.mutex);
    auto& set = p.table[mixed_key / parts % sets];
    slot* mine = &set.front();
    for (slot& s : set) {
        if (s.key == mixed_key) {
            mine = &s;
            break;
        }
        if (s.full_at_ns < mine->full_at_ns) {
            mine = &s;
        }
    }
    if (mine->key != mixed_key) {
        *mine = {mixed_key, now_ns};
    }
    const auto next = std::max(mine->full_at_ns, now_ns) + token_ns_;
    if (next - now_ns > second_ns) {
        return false;
    }
    mine->full_at_ns = next;
    return true;
}

}  // namespace gim::net
