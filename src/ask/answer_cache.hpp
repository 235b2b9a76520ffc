#pragma once

#include "ask/question.hpp"
#include "auth/identity.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <optional>
#include <unordered_map>

namespace gim::ask {

// Who was let in lately, by the digest of the question. Of too many, the one that was asked for the
// longest ago goes.
//
// Threads: one worker's. Time is passed in.
class answer_cache {
public:
    using clock = std::chrono::steady_clock;

    explicit answer_cache(std::size_t most) : most_(most) {}  // 0: keeps nothing

    std::optional<auth::identity> find(const digest& question, clock::time_point now);
    // In place of what was kept for that question. Nothing is kept for no time.
    void keep(
        const digest& question,
        const auth::identity& who,
        clock::duration time,
        clock::time_point now
    );
    std::size_t size() const noexcept { return by_question_.size(); }

private:
    struct entry {
        digest question;
        auth::identity who;
        clock::time_point until;
    };

    const std::size_t most_;
    std::list<entry> by_use_;  // the latest first
    std::unordered_map<digest, std::list<entry>::iterator, digest_hash> by_question_;
};

}  // namespace gim::ask
