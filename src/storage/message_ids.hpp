#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gim::storage {

// Makes the ids of messages: 11 characters of 0-9 A-Z a-z that sort, as text, in the order they
// were made. Short, since every byte of an id is sent to every member of a room.
//
// An id is a number written in base 62: 42 bits of milliseconds since 1970 (until the year 2109),
// then 21 bits of worker and counter. In memory, 8 of them are the worker's and 13 the counter's;
// in a store that many nodes share, 12 and 9, and no two workers of all nodes have the same number
// (redis_message_ids). The counter of a millisecond starts anywhere in its lower half, so at least
// 4096 ids, or 256, fit into one; those beyond borrow from the milliseconds to come. Two generators
// with the same worker number, such as before and after a restart, can make the same id only in the
// same millisecond, and then only if their counters meet.
//
// Threads: one generator a worker.
class message_ids {
public:
    static constexpr std::size_t length = 11;
    static constexpr unsigned worker_bits_of_one_process = 8;
    static constexpr unsigned worker_bits_of_many = 12;

    // Of `worker` the low bits count. The same seed gives the same starts of the counter.
    message_ids(
        unsigned worker,
        std::uint64_t seed,
        unsigned worker_bits = worker_bits_of_one_process
    );

    // Greater than every id before, also when the clock runs backwards: then the last millisecond
    // goes on.
    std::string next(std::int64_t now_ms);

    // From now on another worker's number; the ids go on ascending.
    void set_worker(unsigned worker) noexcept;

    // The millisecond of the last id; no id that comes is of this one or an earlier one, whoever
    // made those.
    std::int64_t last_ms() const noexcept { return last_ms_; }
    void begin_behind(std::int64_t ms) noexcept;

private:
    std::uint64_t random();
    std::uint64_t counter_end() const noexcept { return std::uint64_t{1} << counter_bits_; }

    unsigned worker_bits_;
    unsigned counter_bits_;
    std::uint64_t worker_;
    std::uint64_t random_state_;
    std::int64_t last_ms_ = 0;
    std::uint64_t counter_;
};

}  // namespace gim::storage
