#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace gim::inspect {

// The first so many in an order, of any number that are shown to it: holds no more than those.
// `Before` says which of two comes first.
template <class T, class Before>
class foremost {
public:
    foremost(std::size_t most, Before before) : most_(most), before_(std::move(before)) {}

    // Whether add() would keep it, so that what it costs to make one is spent on those only.
    bool takes(const T& t) const {
        return kept_.size() < most_ || (most_ > 0 && before_(t, kept_.front()));
    }

    void add(T t) {
        if (!takes(t)) {
            return;
        }
        if (kept_.size() == most_) {
            std::pop_heap(kept_.begin(), kept_.end(), before_);
            kept_.pop_back();
        }
        kept_.push_back(std::move(t));
        std::push_heap(kept_.begin(), kept_.end(), before_);
    }

    void clear() noexcept { kept_.clear(); }

    // In their order; none are left.
    std::vector<T> take() {
        std::sort(kept_.begin(), kept_.end(), before_);
        return std::exchange(kept_, {});
    }

private:
    std::size_t most_;
    Before before_;
    std::vector<T> kept_;  // a heap, with the last of them at its front
};

}  // namespace gim::inspect
