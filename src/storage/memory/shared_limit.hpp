#pragma once

#include "storage/memory_limits.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

namespace gim::storage {

// How much the tables of all workers hold of one thing, and how much they may hold together.
//
// Problem: a worker evicts only its own entries, and the oldest entry may be on another worker. So
// each worker publishes the age of its oldest entry, and the worker that needs space asks the
// worker with the oldest entry to evict. Until that is done the limit may be exceeded by an eighth,
// or by 8; beyond that, the worker that needs space evicts its own oldest entries.
//
// Threads: a share on its worker's, all else on any. Nothing locks.
class shared_limit {
public:
    // Orders the entries that may be evicted: the lowest is evicted first.
    using age = std::int64_t;
    static constexpr age no_entry = std::numeric_limits<age>::max();

    // `evict_on` makes a worker evict soon what is above the limit; called on any worker. At most
    // `max_at_once` entries are evicted at once, so that other requests need not wait for more.
    shared_limit(
        std::size_t workers,
        std::size_t max_at_once,
        std::function<void(std::size_t worker)> evict_on
    );
    shared_limit(const shared_limit&) = delete;
    shared_limit& operator=(const shared_limit&) = delete;

    // From now on; 0: no limit.
    void set(std::size_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
    std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
    std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

    // What one worker holds.
    class share {
    public:
        share(shared_limit& all, std::size_t worker) : all_(&all), worker_(worker) {}

        std::size_t limit() const noexcept { return all_->limit(); }
        std::size_t used() const noexcept { return all_->used(); }
        void add(std::size_t n) noexcept { all_->used_.fetch_add(n, std::memory_order_relaxed); }
        void remove(std::size_t n) noexcept { all_->used_.fetch_sub(n, std::memory_order_relaxed); }
        // no_entry: none may be evicted here.
        void set_oldest(age oldest) noexcept;
        // The other workers have no entry that may be evicted.
        bool is_alone() const noexcept;

        // Entries that must not be evicted. A new one, unless there are as many as the limit.
        bool keep_new() noexcept;
        // One that is there already.
        void keep() noexcept { all_->kept_.fetch_add(1, std::memory_order_relaxed); }
        // After set_oldest(): whoever adds an entry because of this one must find it.
        void release() noexcept { all_->kept_.fetch_sub(1, std::memory_order_release); }

        // Makes space for what was added, which must be counted already: a worker that is asked
        // looks at once. Calls `evict_oldest`, which evicts one entry and publishes the age of the
        // next one, or returns false. Asks other workers where theirs are older.
        template <class F>
        void make_space(const F& evict_oldest) {
            for (std::size_t n = 0; is_above(limit()); ++n) {
                const auto oldest = all_->worker_with_oldest();
                if (!oldest) {
                    return;
                }
                const bool is_here = *oldest == worker_;
                if (!is_here || n == all_->max_at_once_) {
                    all_->ask(*oldest);
                }
                const auto slack = std::max<std::size_t>(limit() / 8, 8);
                if (n == all_->max_at_once_ || (!is_here && !is_above(limit() + slack)) ||
                    !has_entry() || !evict_oldest()) {
                    return;
                }
            }
        }
        // The same as another worker has asked.
        template <class F>
        void evict(const F& evict_oldest) {
            all_->slots_[worker_].is_asked.exchange(false);
            make_space(evict_oldest);
        }

    private:
        bool is_above(std::size_t most) const noexcept {
            return limit() != 0 && all_->used() > most;
        }
        bool has_entry() const noexcept;

        shared_limit* all_;
        std::size_t worker_;
    };

private:
    struct alignas(64) slot {
        std::atomic<age> oldest{no_entry};
        std::atomic<bool> is_asked{false};
    };

    std::optional<std::size_t> worker_with_oldest() const noexcept;
    void ask(std::size_t worker);

    const std::size_t workers_;
    const std::size_t max_at_once_;
    const std::unique_ptr<slot[]> slots_;
    const std::function<void(std::size_t)> evict_on_;
    std::atomic<std::size_t> limit_{0};
    alignas(64) std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> kept_{0};
};

// The limits that the stores in memory of one process share.
struct shared_limits {
    explicit shared_limits(
        std::size_t workers,
        const std::function<void(std::size_t worker)>& evict_on = {}
    )
        : history_bytes(workers, 1000, evict_on),
          rooms(workers, 16, evict_on),
          users(workers, 16, evict_on),
          requests(workers, 16, evict_on) {}

    void set(const memory_limits& limits) noexcept {
        history_bytes.set(limits.history_bytes);
        rooms.set(limits.rooms);
        users.set(limits.users);
        requests.set(limits.requests);
    }

    shared_limit history_bytes;
    shared_limit rooms;
    shared_limit users;
    shared_limit requests;
};

}  // namespace gim::storage
