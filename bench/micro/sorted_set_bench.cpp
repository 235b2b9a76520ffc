// What a session's bounded history asks of its container, 1,000 messages by sequence, of
// storage::sorted_set, std::map and a skip list.
//
//   append_trim   appends the next message and drops the oldest
//   last_50       reads the newest 50, newest first
//   page_50       reads 50 from a rank in the middle; std::map knows no ranks and is given the
//                 sequence, which makes it easier

#include "micro/per_item.hpp"
#include "micro/samples.hpp"
#include "micro/skip_list.hpp"
#include "model/message.hpp"
#include "storage/memory/sorted_set.hpp"

#include <benchmark/benchmark.h>
#include <cstdint>
#include <map>
#include <utility>

namespace {

using namespace gim;
using model::message_ptr;

constexpr std::int64_t history = 1000;
constexpr std::size_t page = 50;

class counted_tree {
public:
    void append(std::int64_t sequence, message_ptr m) { set_.insert(sequence, std::move(m)); }
    void pop_front() { set_.pop_front(); }
    std::size_t last(std::size_t count) const {
        std::size_t bytes = 0;
        for (auto i = set_.end(); count > 0; --count) {
            bytes += (--i)->member->content.size();
        }
        return bytes;
    }
    std::size_t from_rank(std::size_t rank, std::size_t count) const {
        std::size_t bytes = 0;
        for (const auto& entry : set_.range_by_rank(rank, count)) {
            bytes += entry.member->content.size();
        }
        return bytes;
    }

private:
    storage::sorted_set<message_ptr> set_;
};

class red_black_tree {
public:
    void append(std::int64_t sequence, message_ptr m) {
        map_.emplace_hint(map_.end(), sequence, std::move(m));
    }
    void pop_front() { map_.erase(map_.begin()); }
    std::size_t last(std::size_t count) const {
        std::size_t bytes = 0;
        for (auto i = map_.rbegin(); count > 0; ++i, --count) {
            bytes += i->second->content.size();
        }
        return bytes;
    }
    std::size_t from_rank(std::size_t rank, std::size_t count) const {
        std::size_t bytes = 0;
        const auto sequence = map_.begin()->first + static_cast<std::int64_t>(rank);
        for (auto i = map_.lower_bound(sequence); count > 0; ++i, --count) {
            bytes += i->second->content.size();
        }
        return bytes;
    }

private:
    std::map<std::int64_t, message_ptr> map_;
};

class skips {
public:
    void append(std::int64_t sequence, message_ptr m) { list_.insert(sequence, std::move(m)); }
    void pop_front() { list_.pop_front(); }
    std::size_t last(std::size_t count) const {
        std::size_t bytes = 0;
        for (auto* n = list_.back(); count > 0; n = n->previous, --count) {
            bytes += n->value->content.size();
        }
        return bytes;
    }
    std::size_t from_rank(std::size_t rank, std::size_t count) {
        std::size_t bytes = 0;
        for (auto* n = list_.at(rank); count > 0; n = n->next(), --count) {
            bytes += n->value->content.size();
        }
        return bytes;
    }

private:
    bench::skip_list<message_ptr> list_;
};

template <class Container>
std::int64_t fill(Container& c) {
    std::int64_t sequence = 0;
    while (sequence < history) {
        c.append(++sequence, bench::sample_message());
    }
    return sequence;
}

// The messages are made before, so that only the container is measured.
template <class Container>
void append_trim(benchmark::State& state) {
    Container c;
    std::int64_t sequence = fill(c);
    const auto message = bench::sample_message();
    const bench::per_item count(state);
    for (auto _ : state) {
        c.append(++sequence, message);
        c.pop_front();
    }
}

template <class Container>
void last_50(benchmark::State& state) {
    Container c;
    fill(c);
    const bench::per_item count(state, page);
    for (auto _ : state) {
        benchmark::DoNotOptimize(c.last(page));
    }
}

template <class Container>
void page_50(benchmark::State& state) {
    Container c;
    fill(c);
    std::size_t rank = 0;
    const bench::per_item count(state, page);
    for (auto _ : state) {
        rank = (rank + 617) % (history - page);
        benchmark::DoNotOptimize(c.from_rank(rank, page));
    }
}

BENCHMARK_TEMPLATE(append_trim, counted_tree)->Name("history/append_trim/sorted_set");
BENCHMARK_TEMPLATE(append_trim, red_black_tree)->Name("history/append_trim/std_map");
BENCHMARK_TEMPLATE(append_trim, skips)->Name("history/append_trim/skip_list");
BENCHMARK_TEMPLATE(last_50, counted_tree)->Name("history/last_50/sorted_set");
BENCHMARK_TEMPLATE(last_50, red_black_tree)->Name("history/last_50/std_map");
BENCHMARK_TEMPLATE(last_50, skips)->Name("history/last_50/skip_list");
BENCHMARK_TEMPLATE(page_50, counted_tree)->Name("history/page_50/sorted_set");
BENCHMARK_TEMPLATE(page_50, red_black_tree)->Name("history/page_50/std_map");
BENCHMARK_TEMPLATE(page_50, skips)->Name("history/page_50/skip_list");

}  // namespace
