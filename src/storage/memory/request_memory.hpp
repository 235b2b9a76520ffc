#pragma once

#include "base/text_map.hpp"
#include "storage/memory/shared_limit.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gim::storage {

// What was answered to the sends of one worker's sessions that carry a request_id, so that a copy
// of one is answered the same and sends nothing.
//
// Problem: who got no answer does not know whether the message was sent, and tries again.
// Sans-io: time is passed in. Costs nothing while nobody uses it.
class request_memory {
public:
    using clock = std::chrono::steady_clock;

    // What names a request: the same id may be used by others, and to others.
    struct key {
        std::string_view sender;
        std::string_view session;
        std::string_view request_id;
    };
    struct memory {
        receipt answer;
        bool is_same_content = false;  // else the copy is none
    };
    // One more request than the limit of all workers, and the oldest is forgotten before its time;
    // a limit of 0: none is remembered. Larger `time`: clients may try again for longer.
    explicit request_memory(shared_limit::share limit, clock::duration time = request_time)
        : limit_(limit), time_(time) {}
    request_memory(const request_memory&) = delete;
    request_memory& operator=(const request_memory&) = delete;

    // What was answered to the request within the time; empty: it is not known.
    std::optional<memory>
    find(const key& request, std::uint64_t content_hash, clock::time_point now);
    // Returns how many were forgotten for it before their time. REQUIRES: find() does not know it.
    std::size_t
    remember(const key& request, std::uint64_t content_hash, receipt answer, clock::time_point now);
    // Forgets the oldest, as other workers need their places; returns how many before their time.
    std::size_t evict(clock::time_point now);

    std::size_t size() const noexcept { return by_age_.size(); }

    // --- a snapshot: all that is remembered
    void save(snapshot_writer& to, clock::time_point now) const;
    // What another memory has saved; settle() is called before anything else is.
    void restore(const snapshot::request& r, clock::time_point now);
    void settle();

private:
    struct entry {
        std::string name;
        std::uint64_t content_hash;
        receipt answer;
        clock::time_point end;
    };

    static std::string name_of(const key& request);
    static key key_of(std::string_view name);
    void forget_old(clock::time_point now);
    void forget_oldest();
    bool forget_oldest(clock::time_point now, std::size_t& before_time);
    void publish_oldest() noexcept;

    shared_limit::share limit_;
    const clock::duration time_;
    std::deque<entry> by_age_;  // oldest first; its elements stay where they are
    std::unordered_map<std::string_view, const entry*, base::text_hash>
        by_name_;                  // the names are the entries'
    std::vector<entry> restored_;  // in any order
};

}  // namespace gim::storage
