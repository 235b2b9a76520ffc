#pragma once

#include "storage/memory/shared_limit.hpp"

#include <cstddef>

namespace gim::test {

// A limit of one worker.
struct one_limit {
    explicit one_limit(std::size_t most, std::size_t max_at_once = 1000) : all(1, max_at_once, {}) {
        all.set(most);
    }
    storage::shared_limit::share share() { return {all, 0}; }

    storage::shared_limit all;
};

}  // namespace gim::test
