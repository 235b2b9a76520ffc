#pragma once

#include "storage/memory/sorted_set_nodes.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace gim::storage {

// Pairs of (score, member), each pair once, ordered by score and then by member.
//
// A counted B+ tree: entries in linked leaves, inner nodes count the entries below each child, so a
// rank is found as fast as a key. insert, erase, searches and ranks O(log n); appending the
// greatest pair and removing the least, the work of a bounded history, amortized O(1); stepping
// O(1). Members must move without throwing; they need not be copyable. If Less is transparent,
// whatever it compares with a member serves as a key.
//
// Iterators and references end with the next change of the set.
// Errors: insert may throw bad_alloc, then the set is as before. Nothing else throws.
// Threads: as a standard container.
template <class Member, class Less = std::less<Member>, std::size_t NodeSize = 64>
class sorted_set {
public:
    struct entry {
        std::int64_t score;
        Member member;
    };

private:
    using node = detail::node;
    using leaf = detail::leaf_node<entry, NodeSize>;
    using inner = detail::inner_node<NodeSize>;

public:
    class const_iterator {
    public:
        using iterator_category = std::bidirectional_iterator_tag;
        using value_type = entry;
        using difference_type = std::ptrdiff_t;
        using pointer = const entry*;
        using reference = const entry&;

        const_iterator() = default;
        reference operator*() const { return (*leaf_)[index_]; }
        pointer operator->() const { return &(*leaf_)[index_]; }
        const_iterator& operator++() {
            if (++index_ == leaf_->size && leaf_->next) {
                *this = {leaf_->next, 0};
            }
            return *this;
        }
        const_iterator& operator--() {
            if (index_ == 0) {
                *this = {leaf_->prev, leaf_->prev->size};
            }
            --index_;
            return *this;
        }
        const_iterator operator++(int) {
            const_iterator before = *this;
            ++*this;
            return before;
        }
        const_iterator operator--(int) {
            const_iterator before = *this;
            --*this;
            return before;
        }
        friend bool operator==(const const_iterator&, const const_iterator&) = default;

    private:
        friend class sorted_set;
        const_iterator(const leaf* l, std::size_t index) : leaf_(l), index_(index) {}

        const leaf* leaf_ = nullptr;
        std::size_t index_ = 0;  // leaf_->size in the last leaf only: the end
    };
    using range = std::ranges::subrange<const_iterator>;

    sorted_set() = default;
    sorted_set(sorted_set&& other) noexcept { swap(other); }
    sorted_set& operator=(sorted_set&& other) noexcept {
        sorted_set(std::move(other)).swap(*this);
        return *this;
    }
    ~sorted_set() { clear(); }

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    // REQUIRES: !empty().
    const entry& front() const { return (*head_)[0]; }
    const entry& back() const { return tail_->back(); }
    const_iterator begin() const { return {head_, 0}; }
    const_iterator end() const { return {tail_, tail_ ? tail_->size : 0}; }

    // False, and nothing done, if the pair is there already.
    bool insert(std::int64_t score, Member member);
    // False if the pair was not there.
    template <class Key>
    bool erase(std::int64_t score, const Key& key);
    // REQUIRES: !empty().
    void pop_front();
    // Keeps the `count` greatest pairs.
    void trim(std::size_t count) {
        while (size_ > count) {
            pop_front();
        }
    }
    void clear() noexcept;

    template <class Key>
    bool contains(std::int64_t score, const Key& key) const {
        return holds(lower_bound(score, key), score, key);
    }

    // The first pair not before, or (upper_bound) the first behind, the score or the pair.
    const_iterator lower_bound(std::int64_t score) const { return find(score, never); }
    const_iterator upper_bound(std::int64_t score) const { return find(score, always); }
    template <class Key>
    const_iterator lower_bound(std::int64_t score, const Key& key) const {
        return find(score, less_than(key));
    }
    template <class Key>
    const_iterator upper_bound(std::int64_t score, const Key& key) const {
        return find(score, not_above(key));
    }

    // How many pairs are before the score or the pair: the rank of its lower_bound, from 0.
    std::size_t rank(std::int64_t score) const { return find_rank(score, never); }
    template <class Key>
    std::size_t rank(std::int64_t score, const Key& key) const {
        return find_rank(score, less_than(key));
    }
    // How many pairs have scores up to this one: the rank of its upper_bound.
    std::size_t rank_behind(std::int64_t score) const { return find_rank(score, always); }

    // The pair of this rank; the end for ranks of size() and above.
    const_iterator at(std::size_t rank) const;

    // Scores from `low` to `high`, both included.
    range range_by_score(std::int64_t low, std::int64_t high) const {
        return low <= high ? range{lower_bound(low), upper_bound(high)} : range{end(), end()};
    }
    // Up to `count` pairs from this rank on.
    range range_by_rank(std::size_t first, std::size_t count) const {
        const std::size_t rest = first < size_ ? size_ - first : 0;
        return {at(first), at(count < rest ? first + count : size_)};
    }

    void swap(sorted_set& other) noexcept;

    // For tests: throws logic_error if an invariant of the tree is broken. O(n).
    void check() const;

private:
    // The way from the root to a leaf: an inner node and the index of the child taken. With node
    // pairs kept a quarter full, 24 levels are beyond any memory.
    struct path {
        struct step {
            inner* parent;
            std::size_t index;
        };
        std::array<step, 24> steps;
        std::size_t length = 0;

        void add(inner* parent, std::size_t index) {
            assert(length < steps.size());
            steps[length++] = {parent, index};
        }
    };

    static_assert(NodeSize >= 4);
    static constexpr std::size_t first_room = 4;
    static constexpr std::size_t half = NodeSize / 2;
    static constexpr std::size_t merged_limit = NodeSize * 3 / 4;  // leaves room before a split

    static leaf* as_leaf(node* n) noexcept { return static_cast<leaf*>(n); }
    static inner* as_inner(node* n) noexcept { return static_cast<inner*>(n); }

    // How a search treats a member of exactly the score: true if it is before the place sought.
    static bool never(const Member&) noexcept { return false; }
    static bool always(const Member&) noexcept { return true; }
    template <class Key>
    static auto less_than(const Key& key) {
        return [&key](const Member& member) { return Less{}(member, key); };
    }
    template <class Key>
    static auto not_above(const Key& key) {
        return [&key](const Member& member) { return !Less{}(key, member); };
    }

    // `level` is always that of the node or child named: 0 for leaves, levels_ for the root.
    template <class Tie>
    static std::size_t index_in(const leaf& l, std::int64_t score, const Tie& tie);
    template <class Tie>
    static std::size_t
    child_for(const inner& n, std::size_t level, std::int64_t score, const Tie& tie);
    template <class Tie>
    const_iterator find(std::int64_t score, const Tie& tie) const;
    template <class Tie>
    std::size_t find_rank(std::int64_t score, const Tie& tie) const;
    template <class Key>
    bool holds(const_iterator i, std::int64_t score, const Key& key) const {
        return i != end() && i->score == score && !Less{}(key, i->member);
    }
    static const entry& first_below(const node* n, std::size_t level) noexcept;

    bool insert_inside(std::int64_t score, Member& member, bool append);
    void split_root(bool append);
    void split_child(inner& parent, std::size_t index, std::size_t level, bool append);
    void settle() noexcept;
    void shrink(const path& way) noexcept;
    void remove_child(inner& parent, std::size_t index, std::size_t level) noexcept;
    void merge_children(inner& parent, std::size_t left, std::size_t level) noexcept;
    void drop(leaf* l) noexcept;
    void free_below(node* n, std::size_t level) noexcept;
    std::size_t check_node(const node* n, std::size_t level, bool leftmost, bool rightmost) const;

    node* root_ = nullptr;
    leaf* head_ = nullptr;
    leaf* tail_ = nullptr;
    std::size_t size_ = 0;
    std::size_t levels_ = 0;  // of inner nodes
    // What the counts along the left and right edges of the tree do not know yet: pairs taken from
    // the head leaf and pairs appended to the tail leaf. This is what makes both ends O(1).
    std::size_t head_gone_ = 0;
    std::size_t tail_new_ = 0;
};

}  // namespace gim::storage

#include "storage/memory/sorted_set_impl.hpp"
