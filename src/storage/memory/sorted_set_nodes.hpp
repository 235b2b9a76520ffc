#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

// The nodes of sorted_set's tree: leaves with the entries, inner nodes with the way to them. They
// know nothing of each other's place in the tree.
namespace gim::storage::detail {

struct node {
    std::size_t size = 0;  // entries of a leaf, children of an inner node
};

// A ring of entries, so that both ends grow and shrink without moving the others. It begins small
// and doubles up to Capacity: most sets hold a few entries only.
// REQUIRES, of every i: i < size, and of insert: i <= size < Capacity.
template <class Entry, std::size_t Capacity>
class leaf_node : public node {
    static_assert((Capacity & (Capacity - 1)) == 0, "the ring needs a power of two");
    static_assert(std::is_nothrow_move_constructible_v<Entry>);

public:
    explicit leaf_node(std::size_t room) : slots_(allocator().allocate(room)), room_(room) {}
    leaf_node(const leaf_node&) = delete;
    leaf_node& operator=(const leaf_node&) = delete;
    ~leaf_node() {
        for (std::size_t i = 0; i < size; ++i) {
            std::destroy_at(&(*this)[i]);
        }
        allocator().deallocate(slots_, room_);
    }

    Entry& operator[](std::size_t i) noexcept { return slots_[(begin_ + i) & (room_ - 1)]; }
    const Entry& operator[](std::size_t i) const noexcept {
        return slots_[(begin_ + i) & (room_ - 1)];
    }
    const Entry& back() const noexcept { return (*this)[size - 1]; }

    // Moves the shorter of the two sides. Throws bad_alloc, with nothing changed.
    void insert(std::size_t i, Entry&& entry) {
        if (size == room_) {
            grow();
        }
        if (i > size / 2) {
            for (std::size_t k = size; k > i; --k) {
                relocate(k - 1, k);
            }
        } else {
            begin_ = (begin_ + room_ - 1) & (room_ - 1);
            for (std::size_t k = 0; k < i; ++k) {
                relocate(k + 1, k);
            }
        }
        std::construct_at(&(*this)[i], std::move(entry));
        ++size;
    }

    void erase(std::size_t i) noexcept {
        std::destroy_at(&(*this)[i]);
        if (i > size / 2) {
            for (std::size_t k = i; k + 1 < size; ++k) {
                relocate(k + 1, k);
            }
        } else {
            for (std::size_t k = i; k > 0; --k) {
                relocate(k - 1, k);
            }
            begin_ = (begin_ + 1) & (room_ - 1);
        }
        --size;
    }

    // Moves the entries from `first` on to the end of `to`.
    // REQUIRES: they fit into the room that `to` has.
    void move_tail(std::size_t first, leaf_node& to) noexcept {
        assert(to.size + size - first <= to.room_);
        for (std::size_t i = first; i < size; ++i) {
            to.insert(to.size, std::move((*this)[i]));
            std::destroy_at(&(*this)[i]);
        }
        size = first;
    }

    leaf_node* prev = nullptr;
    leaf_node* next = nullptr;

private:
    static std::allocator<Entry> allocator() noexcept { return {}; }

    void relocate(std::size_t from, std::size_t to) noexcept {
        std::construct_at(&(*this)[to], std::move((*this)[from]));
        std::destroy_at(&(*this)[from]);
    }

    void grow() {
        assert(room_ < Capacity);
        Entry* const bigger = allocator().allocate(room_ * 2);
        for (std::size_t i = 0; i < size; ++i) {
            std::construct_at(bigger + i, std::move((*this)[i]));
            std::destroy_at(&(*this)[i]);
        }
        allocator().deallocate(slots_, room_);
        slots_ = bigger;
        room_ *= 2;
        begin_ = 0;
    }

    Entry* slots_;
    std::size_t room_;  // slots there are, a power of two
    std::size_t begin_ = 0;
};

// What an inner node knows of one child.
struct child_ref {
    node* child = nullptr;
    std::size_t count = 0;  // entries below it
    std::int64_t low = 0;   // scores left of it are <= low, scores below it are >= low
};

// The columns are apart, since a search reads `low` only and a rank `count` only.
template <std::size_t Capacity>
struct inner_node : node {
    std::array<std::int64_t, Capacity> low;  // low[0] is not read
    std::array<std::size_t, Capacity> count;
    std::array<node*, Capacity> child;

    child_ref get(std::size_t i) const noexcept { return {child[i], count[i], low[i]}; }
    void set(std::size_t i, const child_ref& ref) noexcept {
        child[i] = ref.child;
        count[i] = ref.count;
        low[i] = ref.low;
    }
    void insert(std::size_t i, const child_ref& ref) noexcept {
        for (std::size_t k = size; k > i; --k) {
            set(k, get(k - 1));
        }
        set(i, ref);
        ++size;
    }
    void erase(std::size_t i) noexcept {
        for (std::size_t k = i; k + 1 < size; ++k) {
            set(k, get(k + 1));
        }
        --size;
    }
    void move_tail(std::size_t first, inner_node& to) noexcept {
        for (std::size_t i = first; i < size; ++i) {
            to.set(to.size++, get(i));
        }
        size = first;
    }
    std::size_t total() const noexcept {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < size; ++i) {
            sum += count[i];
        }
        return sum;
    }
};

}  // namespace gim::storage::detail
