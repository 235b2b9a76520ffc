#include "redis/backoff.hpp"

#include "base/scatter.hpp"

#include <algorithm>
#include <utility>

namespace gim::redis {

backoff::duration backoff::next() noexcept {
    random_state_ += base::scatter_step;
    const auto random = base::scatter(random_state_);
    const auto wait = std::exchange(wait_, std::min(wait_ * 2, most));
    const auto half = wait.count() / 2;
    return duration(
        wait.count() - half +
        static_cast<std::int64_t>(random % static_cast<std::uint64_t>(half + 1))
    );
}

}  // namespace gim::redis
