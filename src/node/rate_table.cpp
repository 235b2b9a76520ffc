#include "node/rate_table.hpp"

#include <algorithm>
#include <string>

namespace gim::node {

rate_table::clock::duration rate_table::wait(std::string_view name, clock::time_point now) const {
    const auto found = limit_.is_on() ? buckets_.find(name) : buckets_.end();
    return found == buckets_.end() ? clock::duration::zero() : found->second.wait(limit_, now);
}

void rate_table::spend(std::string_view name, clock::time_point now) {
    if (!limit_.is_on()) {
        return;
    }
    auto found = buckets_.find(name);
    if (found == buckets_.end()) {
        if (buckets_.size() >= worth_a_look_) {
            forget_full(now);
        }
        found = buckets_.try_emplace(std::string(name)).first;
    }
    found->second.spend(limit_, now);
}

void rate_table::forget_full(clock::time_point now) {
    constexpr std::size_t least = 64;
    std::erase_if(buckets_, [&](const auto& entry) { return entry.second.is_full(now); });
    worth_a_look_ = std::max(least, 2 * buckets_.size());
}

}  // namespace gim::node
