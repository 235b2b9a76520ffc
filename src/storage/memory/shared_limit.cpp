#include "storage/memory/shared_limit.hpp"

namespace gim::storage {

shared_limit::shared_limit(
    std::size_t workers,
    std::size_t max_at_once,
    std::function<void(std::size_t worker)> evict_on
)
    : workers_(workers),
      max_at_once_(max_at_once),
      slots_(std::make_unique<slot[]>(workers)),
      evict_on_(std::move(evict_on)) {}

std::optional<std::size_t> shared_limit::worker_with_oldest() const noexcept {
    std::optional<std::size_t> found;
    age lowest = no_entry;
    for (std::size_t w = 0; w < workers_; ++w) {
        const auto oldest = slots_[w].oldest.load(std::memory_order_relaxed);
        if (oldest < lowest) {
            lowest = oldest;
            found = w;
        }
    }
    return found;
}

void shared_limit::ask(std::size_t worker) {
    if (evict_on_ && !slots_[worker].is_asked.exchange(true)) {
        evict_on_(worker);
    }
}

void shared_limit::share::set_oldest(age oldest) noexcept {
    auto& own = all_->slots_[worker_].oldest;
    if (own.load(std::memory_order_relaxed) != oldest) {
        own.store(oldest, std::memory_order_relaxed);
    }
}

bool shared_limit::share::has_entry() const noexcept {
    return all_->slots_[worker_].oldest.load(std::memory_order_relaxed) != no_entry;
}

bool shared_limit::share::is_alone() const noexcept {
    for (std::size_t w = 0; w < all_->workers_; ++w) {
        if (w != worker_ && all_->slots_[w].oldest.load(std::memory_order_relaxed) != no_entry) {
            return false;
        }
    }
    return true;
}

bool shared_limit::share::keep_new() noexcept {
    auto kept = all_->kept_.load(std::memory_order_acquire);
    do {
        if (limit() != 0 && kept >= limit()) {
            return false;
        }
    } while (!all_->kept_.compare_exchange_weak(kept, kept + 1, std::memory_order_acquire));
    return true;
}

}  // namespace gim::storage
