#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace gim::bench {

// A skip list from unique scores to values, made as Redis makes its sorted sets: what
// storage::sorted_set is measured against.
//
// Each link knows how many entries it steps over, so that a rank is found in O(log n); each node is
// one allocation, with its links behind it, of which every fourth node has one more.
template <class Value>
class skip_list {
    struct link;

public:
    struct node {
        std::int64_t score;
        Value value;
        node* previous;
        std::size_t levels;

        link* links() noexcept { return reinterpret_cast<link*>(this + 1); }
        node* next() noexcept { return links()[0].next; }
    };

    skip_list() = default;
    skip_list(const skip_list&) = delete;
    skip_list& operator=(const skip_list&) = delete;
    ~skip_list() {
        while (size_ > 0) {
            pop_front();
        }
    }

    std::size_t size() const noexcept { return size_; }
    node* back() const noexcept { return tail_; }

    // False if the score is there already.
    bool insert(std::int64_t score, Value value) {
        std::array<link*, max_levels> before{};
        std::array<std::size_t, max_levels> passed{};  // entries up to and with before's node
        node* at = nullptr;
        link* links = head_.data();
        std::size_t rank = 0;
        for (std::size_t level = levels_; level-- > 0;) {
            while (links[level].next != nullptr && links[level].next->score < score) {
                rank += links[level].width;
                at = links[level].next;
                links = at->links();
            }
            before[level] = &links[level];
            passed[level] = rank;
        }
        if (levels_ > 0 && before[0]->next != nullptr && before[0]->next->score == score) {
            return false;
        }
        const std::size_t levels = random_levels();
        for (; levels_ < levels; ++levels_) {
            before[levels_] = &head_[levels_];
            head_[levels_].width = size_;
        }
        void* memory = ::operator new(sizeof(node) + levels * sizeof(link));
        auto* n = new (memory) node{score, std::move(value), at, levels};
        for (std::size_t level = 0; level < levels; ++level) {
            const std::size_t distance = rank - passed[level];
            new (n->links() + level) link{before[level]->next, before[level]->width - distance};
            *before[level] = {n, distance + 1};
        }
        for (std::size_t level = levels; level < levels_; ++level) {
            ++before[level]->width;
        }
        node*& behind = n->links()[0].next != nullptr ? n->links()[0].next->previous : tail_;
        behind = n;
        ++size_;
        return true;
    }

    // REQUIRES: size() > 0.
    void pop_front() noexcept {
        node* first = head_[0].next;
        for (std::size_t level = 0; level < levels_; ++level) {
            if (head_[level].next == first) {
                head_[level] = first->links()[level];
            } else {
                --head_[level].width;
            }
        }
        node*& behind = head_[0].next != nullptr ? head_[0].next->previous : tail_;
        behind = nullptr;
        --size_;
        first->~node();
        ::operator delete(first);
    }

    // The entry of this rank, from 0. REQUIRES: rank < size().
    node* at(std::size_t rank) noexcept {
        std::size_t left = rank + 1;
        link* links = head_.data();
        node* n = nullptr;
        for (std::size_t level = levels_; level-- > 0;) {
            while (links[level].next != nullptr && links[level].width <= left) {
                left -= links[level].width;
                n = links[level].next;
                links = n->links();
            }
        }
        return n;
    }

private:
    struct link {
        node* next = nullptr;
        std::size_t width = 0;  // entries to `next` or, where there is none, to the end
    };
    static_assert(sizeof(node) % alignof(link) == 0);
    static constexpr std::size_t max_levels = 32;

    std::size_t random_levels() noexcept {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        return std::min<std::size_t>(1 + std::countr_zero(random_) / 2U, max_levels);
    }

    std::array<link, max_levels> head_{};
    node* tail_ = nullptr;
    std::size_t levels_ = 0;
    std::size_t size_ = 0;
    std::uint64_t random_ = 0x9E3779B97F4A7C15;
};

}  // namespace gim::bench
