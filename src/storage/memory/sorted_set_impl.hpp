#pragma once

#include "storage/memory/sorted_set.hpp"

#include <algorithm>
#include <stdexcept>

// The bodies of sorted_set. In short:
// - Nodes are split on the way down, so a split never goes up again, and if a step does not get its
//   memory the tree is valid as it stands.
// - An append splits off the last entry only, so that sets filled in order have full nodes.
// - A node that an erase leaves under half full is merged with a neighbour if both fit into three
//   quarters of one; an empty node always goes.
namespace gim::storage {

template <class M, class L, std::size_t N>
template <class Tie>
std::size_t sorted_set<M, L, N>::index_in(const leaf& l, std::int64_t score, const Tie& tie) {
    std::size_t low = 0;
    std::size_t high = l.size;
    while (low < high) {  // entries left of low are before the place, those from high on are not
        const std::size_t middle = (low + high) / 2;
        const entry& e = l[middle];
        if (e.score < score || (e.score == score && tie(e.member))) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

template <class M, class L, std::size_t N>
template <class Tie>
std::size_t sorted_set<M, L, N>::child_for(
    const inner& n,
    std::size_t level,
    std::int64_t score,
    const Tie& tie
) {
    // The last child that begins before the place. Where scores alone do not tell, its first entry
    // does.
    std::size_t low = 1;
    std::size_t high = n.size;
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        bool before = n.low[middle] < score;
        if (n.low[middle] == score) {
            const entry& e = first_below(n.child[middle], level - 1);
            before = e.score == score && tie(e.member);
        }
        if (before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - 1;
}

template <class M, class L, std::size_t N>
auto sorted_set<M, L, N>::first_below(const node* n, std::size_t level) noexcept -> const entry& {
    for (; level > 0; --level) {
        n = static_cast<const inner*>(n)->child[0];
    }
    return (*static_cast<const leaf*>(n))[0];
}

template <class M, class L, std::size_t N>
template <class Tie>
auto sorted_set<M, L, N>::find(std::int64_t score, const Tie& tie) const -> const_iterator {
    if (empty()) {
        return end();
    }
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        n = as_inner(n)->child[child_for(*as_inner(n), level, score, tie)];
    }
    const leaf* l = as_leaf(n);
    const std::size_t index = index_in(*l, score, tie);
    if (index == l->size && l->next) {
        return {l->next, 0};
    }
    return {l, index};
}

template <class M, class L, std::size_t N>
template <class Tie>
std::size_t sorted_set<M, L, N>::find_rank(std::int64_t score, const Tie& tie) const {
    if (empty()) {
        return 0;
    }
    std::size_t passed = 0;
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        const inner& in = *as_inner(n);
        const std::size_t taken = child_for(in, level, score, tie);
        for (std::size_t i = 0; i < taken; ++i) {
            passed += in.count[i];
        }
        n = in.child[taken];
    }
    if (n != head_) {
        passed -= head_gone_;
    }
    return passed + index_in(*as_leaf(n), score, tie);
}

template <class M, class L, std::size_t N>
auto sorted_set<M, L, N>::at(std::size_t rank) const -> const_iterator {
    if (rank >= size_) {
        return end();
    }
    // The count of a last child is not read, so tail_new_ does not matter.
    rank += head_gone_;
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        const inner& in = *as_inner(n);
        std::size_t i = 0;
        for (; i + 1 < in.size && rank >= in.count[i]; ++i) {
            rank -= in.count[i];
        }
        n = in.child[i];
    }
    return {as_leaf(n), n == head_ ? rank - head_gone_ : rank};
}

template <class M, class L, std::size_t N>
bool sorted_set<M, L, N>::insert(std::int64_t score, M member) {
    if (!root_) {
        root_ = head_ = tail_ = new leaf(first_room);
    }
    const bool append =
        empty() || back().score < score || (back().score == score && L{}(back().member, member));
    if (!append || tail_->size == N) {
        return insert_inside(score, member, append);
    }
    tail_->insert(tail_->size, {score, std::move(member)});
    ++tail_new_;
    ++size_;
    return true;
}

template <class M, class L, std::size_t N>
bool sorted_set<M, L, N>::insert_inside(std::int64_t score, M& member, bool append) {
    if (!append && contains(score, member)) {
        return false;
    }
    settle();
    if (root_->size == N) {
        split_root(append);
    }
    const auto tie = less_than(member);
    path way;
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {  // n has room for one more
        inner& in = *as_inner(n);
        std::size_t i = child_for(in, level, score, tie);
        if (in.child[i]->size == N) {
            split_child(in, i, level - 1, append);
            i = child_for(in, level, score, tie);
        }
        way.add(&in, i);
        n = in.child[i];
    }
    const std::size_t index = index_in(*as_leaf(n), score, tie);
    as_leaf(n)->insert(index, {score, std::move(member)});
    for (std::size_t i = 0; i < way.length; ++i) {
        ++way.steps[i].parent->count[way.steps[i].index];
    }
    ++size_;
    return true;
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::split_root(bool append) {
    auto top = std::make_unique<inner>();
    top->insert(0, {root_, size_, 0});
    split_child(*top, 0, levels_, append);
    root_ = top.release();
    ++levels_;
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::split_child(
    inner& parent,
    std::size_t index,
    std::size_t level,
    bool append
) {
    node* const left = parent.child[index];
    const std::size_t from = append ? left->size - 1 : left->size / 2;
    detail::child_ref split;
    if (level > 0) {
        inner* const right = new inner;
        as_inner(left)->move_tail(from, *right);
        split = {right, right->total(), right->low[0]};
    } else {
        leaf* const right = new leaf(N);
        as_leaf(left)->move_tail(from, *right);
        right->prev = as_leaf(left);
        right->next = as_leaf(left)->next;
        (right->next ? right->next->prev : tail_) = right;
        as_leaf(left)->next = right;
        split = {right, right->size, (*right)[0].score};
    }
    parent.count[index] -= split.count;
    parent.insert(index + 1, split);
}

// Brings the counts along both edges up to date.
template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::settle() noexcept {
    node* left = root_;
    node* right = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        as_inner(left)->count[0] -= head_gone_;
        left = as_inner(left)->child[0];
        as_inner(right)->count[right->size - 1] += tail_new_;
        right = as_inner(right)->child[right->size - 1];
    }
    head_gone_ = 0;
    tail_new_ = 0;
}

template <class M, class L, std::size_t N>
template <class Key>
bool sorted_set<M, L, N>::erase(std::int64_t score, const Key& key) {
    const const_iterator found = lower_bound(score, key);
    if (!holds(found, score, key)) {
        return false;
    }
    if (found == begin()) {
        pop_front();
        return true;
    }
    settle();
    path way;
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        inner& in = *as_inner(n);
        const std::size_t i = child_for(in, level, score, not_above(key));
        --in.count[i];
        way.add(&in, i);
        n = in.child[i];
    }
    as_leaf(n)->erase(found.index_);
    --size_;
    shrink(way);
    return true;
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::pop_front() {
    assert(!empty());
    head_->erase(0);
    --size_;
    ++head_gone_;
    if (head_->size > 0 || levels_ == 0) {
        return;
    }
    settle();
    path way;
    node* n = root_;
    for (std::size_t level = levels_; level > 0; --level) {
        way.add(as_inner(n), 0);
        n = as_inner(n)->child[0];
    }
    shrink(way);
}

// After the leaf at the end of the way has lost an entry.
template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::shrink(const path& way) noexcept {
    for (std::size_t step = way.length; step-- > 0;) {
        inner& parent = *way.steps[step].parent;
        const std::size_t i = way.steps[step].index;
        const std::size_t level = levels_ - 1 - step;
        const std::size_t size = parent.child[i]->size;
        if (size == 0) {
            remove_child(parent, i, level);
        } else if (size >= half) {
            break;
        } else if (i > 0 && parent.child[i - 1]->size + size <= merged_limit) {
            merge_children(parent, i - 1, level);
        } else if (i + 1 < parent.size && size + parent.child[i + 1]->size <= merged_limit) {
            merge_children(parent, i, level);
        } else {
            break;
        }
    }
    while (levels_ > 0 && root_->size == 1) {
        inner* const old = as_inner(root_);
        root_ = old->child[0];
        delete old;
        --levels_;
    }
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::remove_child(
    inner& parent,
    std::size_t index,
    std::size_t level
) noexcept {
    if (level > 0) {
        delete as_inner(parent.child[index]);
    } else {
        drop(as_leaf(parent.child[index]));
    }
    parent.erase(index);
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::merge_children(
    inner& parent,
    std::size_t left,
    std::size_t level
) noexcept {
    node* const into = parent.child[left];
    node* const from = parent.child[left + 1];
    if (level > 0) {
        inner& both = *as_inner(into);
        const std::size_t seam = both.size;
        as_inner(from)->low[0] = parent.low[left + 1];
        as_inner(from)->move_tail(0, both);
        // The two children at the seam had different parents and so were never compared.
        if (both.child[seam - 1]->size + both.child[seam]->size <= merged_limit) {
            merge_children(both, seam - 1, level - 1);
        }
    } else {
        as_leaf(from)->move_tail(0, *as_leaf(into));
    }
    parent.count[left] += parent.count[left + 1];
    remove_child(parent, left + 1, level);
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::drop(leaf* l) noexcept {
    (l->prev ? l->prev->next : head_) = l->next;
    (l->next ? l->next->prev : tail_) = l->prev;
    delete l;
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::clear() noexcept {
    if (root_) {
        free_below(root_, levels_);
    }
    root_ = head_ = tail_ = nullptr;
    size_ = levels_ = head_gone_ = tail_new_ = 0;
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::free_below(node* n, std::size_t level) noexcept {
    if (level == 0) {
        delete as_leaf(n);
        return;
    }
    for (std::size_t i = 0; i < n->size; ++i) {
        free_below(as_inner(n)->child[i], level - 1);
    }
    delete as_inner(n);
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::swap(sorted_set& other) noexcept {
    std::swap(root_, other.root_);
    std::swap(head_, other.head_);
    std::swap(tail_, other.tail_);
    std::swap(size_, other.size_);
    std::swap(levels_, other.levels_);
    std::swap(head_gone_, other.head_gone_);
    std::swap(tail_new_, other.tail_new_);
}

template <class M, class L, std::size_t N>
void sorted_set<M, L, N>::check() const {
    const auto require = [](bool holds, const char* what) {
        if (!holds) {
            throw std::logic_error(what);
        }
    };
    if (!root_) {
        require(!head_ && !tail_ && size_ == 0 && levels_ == 0, "an empty tree has something");
        return;
    }
    require(check_node(root_, levels_, true, true) == size_, "size is not that of the tree");
    require(levels_ == 0 || root_->size > 1, "the root has a single child");
    std::size_t in_chain = 0;
    const entry* before = nullptr;
    for (const leaf* l = head_; l; l = l->next) {
        require(l->prev ? l->prev->next == l : l == head_, "a leaf's prev is wrong");
        require(l->next || l == tail_, "the chain does not end at the tail");
        in_chain += l->size;
        for (std::size_t i = 0; i < l->size; ++i) {
            const entry& e = (*l)[i];
            require(
                !before || before->score < e.score ||
                    (before->score == e.score && L{}(before->member, e.member)),
                "entries are out of order"
            );
            before = &e;
        }
    }
    require(in_chain == size_, "the chain of leaves is not the tree");
}

template <class M, class L, std::size_t N>
std::size_t sorted_set<M, L, N>::check_node(
    const node* n,
    std::size_t level,
    bool leftmost,
    bool rightmost
) const {
    const auto require = [](bool holds, const char* what) {
        if (!holds) {
            throw std::logic_error(what);
        }
    };
    require(n->size <= N, "a node is over its capacity");
    require(n->size > 0 || n == root_, "a node is empty");
    if (level == 0) {
        return n->size;
    }
    const inner& in = *static_cast<const inner*>(n);
    std::size_t total = 0;
    const entry* last_before = nullptr;
    for (std::size_t i = 0; i < in.size; ++i) {
        const bool first = leftmost && i == 0;
        const bool last = rightmost && i + 1 == in.size;
        const std::size_t below = check_node(in.child[i], level - 1, first, last);
        require(
            in.count[i] + (last ? tail_new_ : 0) == below + (first ? head_gone_ : 0),
            "a count is wrong"
        );
        const entry& first_entry = first_below(in.child[i], level - 1);
        if (i > 0) {
            require(first_entry.score >= in.low[i], "a score is below its low");
            require(last_before->score <= in.low[i], "a score is above the next low");
            require(
                (leftmost && i == 1) || in.child[i - 1]->size + in.child[i]->size >= half,
                "neighbours are nearly empty"
            );
        }
        const node* edge = in.child[i];
        for (std::size_t down = level - 1; down > 0; --down) {
            edge = static_cast<const inner*>(edge)->child[edge->size - 1];
        }
        last_before = &static_cast<const leaf*>(edge)->back();
        total += below;
    }
    return total;
}

}  // namespace gim::storage
