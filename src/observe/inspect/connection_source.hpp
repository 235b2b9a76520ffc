#pragma once

#include "observe/inspect/connection_row.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

namespace gim::inspect {

// The connections of one worker, to be looked at a few at a time: each is in one of so many places,
// until that number changes.
//
// Threads: that worker's.
class connection_source {
public:
    using clock = std::chrono::steady_clock;

    virtual std::size_t size() const = 0;
    virtual std::size_t places() const = 0;
    // REQUIRES: begin <= end <= places().
    virtual void visit(
        std::size_t begin,
        std::size_t end,
        clock::time_point now,
        const std::function<void(const connection_figures&)>& f
    ) const = 0;
    // Empty if it is gone.
    virtual std::optional<connection_row> row(push::connection_id id, clock::time_point now) = 0;

protected:
    ~connection_source() = default;
};

}  // namespace gim::inspect
