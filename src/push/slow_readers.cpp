#include "push/slow_readers.hpp"

#include <algorithm>
#include <vector>

namespace gim::push {

void slow_readers::add(outbox& o) noexcept {
    if (!o.slow_.is_linked()) {
        boxes_.push_back(o);
    }
}

void slow_readers::cut_old(outbox::clock::time_point now, outbox::clock::duration age) {
    for (auto& o : boxes_) {
        if (!o.is_empty() && now - o.oldest() >= age) {
            o.cut_off(cut::too_old);
        }
    }
}

std::size_t slow_readers::bytes() const noexcept {
    std::size_t sum = 0;
    for (const auto& o : boxes_) {
        sum += o.is_cut_off() ? 0 : o.bytes();  // what it has is about to be dropped
    }
    return sum;
}

std::size_t slow_readers::cut_largest(std::size_t bytes) {
    if (bytes == 0) {
        return 0;
    }
    std::vector<outbox*> largest;
    for (auto& o : boxes_) {
        if (!o.is_sealed() && !o.is_cut_off()) {
            largest.push_back(&o);
        }
    }
    std::ranges::sort(largest, std::ranges::greater(), &outbox::bytes);
    std::size_t given_back = 0;
    std::size_t n = 0;
    while (n < largest.size() && given_back < bytes) {
        given_back += largest[n]->bytes();
        largest[n++]->cut_off(cut::short_of_memory);
    }
    return n;
}

}  // namespace gim::push
