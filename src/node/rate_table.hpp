#pragma once

#include "base/text_map.hpp"
#include "worker/token_bucket.hpp"

#include <cstddef>
#include <string_view>

namespace gim::node {

// A token bucket for every name, all of one limit.
//
// Problem: names are the clients' to choose, so this must not grow with all that were ever seen. A
// full bucket says nothing that a new one would not, so those go, whenever there are twice as many
// as after the last time.
//
// Threads: one worker's. Sans-io: time is passed in.
class rate_table {
public:
    using clock = worker::token_bucket::clock;

    explicit rate_table(const worker::rate_limit& limit) : limit_(limit) {}

    const worker::rate_limit& limit() const noexcept { return limit_; }
    // From now on; what was spent before is not forgotten.
    void set_limit(const worker::rate_limit& limit) noexcept { limit_ = limit; }
    // Until there is a token of that name; zero if there is one, or no limit.
    clock::duration wait(std::string_view name, clock::time_point now) const;
    // Takes a token of that name.
    void spend(std::string_view name, clock::time_point now);

    std::size_t size() const noexcept { return buckets_.size(); }

private:
    void forget_full(clock::time_point now);

    worker::rate_limit limit_;
    base::text_map<worker::token_bucket> buckets_;
    std::size_t worth_a_look_ = 64;  // so many buckets
};

}  // namespace gim::node
