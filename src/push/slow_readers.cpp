#include "push/slow_readers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace gim::push {

void slow_readers::add(outbox& o) noexcept {
    if (!o.slow_.is_linked()) {
        boxes_.push_back(o);
    }
}

void slow_readers::judge(outbox::clock::time_point now, outbox::clock::duration age) {
    for (auto& o : boxes_) {
        o.judge(now, age);
    }
}

std::size_t slow_readers::bytes() const noexcept {
    std::size_t sum = 0;
    for (const auto& o : boxes_) {
        sum += o.is_cut_off() ? 0 : o.bytes();  // what it has is about to be dropped
    }
    return sum;
}

std::size_t slow_readers::list_bytes() const noexcept {
    std::size_t sum = 0;
    for (const auto& o : boxes_) {
        sum += o.list_bytes();
    }
    return sum;
}

std::size_t slow_readers::cut_largest(
    std::size_t bytes,
    outbox::clock::time_point now,
    outbox::clock::duration age
) {
    if (bytes == 0) {
        return 0;
    }
    struct entry {
        pace how;
        std::size_t bytes;
        outbox* box;
    };
    std::vector<entry> first;
    for (auto& o : boxes_) {
        if (o.is_empty() || o.is_sealed() || o.is_cut_off()) {
            continue;
        }
        if (const auto how = o.pace_at(now, age); how != pace::good) {
            first.push_back({how, o.bytes(), &o});
        }
    }
    std::ranges::sort(first, std::ranges::greater(), [](const entry& e) {
        return std::pair(e.how, e.bytes);
    });
    std::size_t given_back = 0;
    std::size_t n = 0;
    while (n < first.size() && given_back < bytes) {
        given_back += first[n].bytes;
        first[n++].box->cut_off(cut::short_of_memory);
    }
    return n;
}

}  // namespace gim::push
