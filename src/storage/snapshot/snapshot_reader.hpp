#pragma once

#include "storage/snapshot/snapshot_records.hpp"

#include <boost/system/result.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace gim::storage {

struct snapshot_about {
    std::string epoch;
    snapshot::totals totals;
};

// What is wrong with a snapshot, in words that go behind the name of a file.
struct snapshot_flaw {
    std::string text;
};

// Gives the next bytes into the space: all that it takes, fewer only at the end.
using snapshot_source = std::function<std::size_t(std::span<char> space)>;

// Reads a snapshot to its end, and gives each record to `take`, in order. Whatever the bytes are,
// it needs no more memory than a block. If something is wrong, what was given so far is worth
// nothing; so who must not do things by half reads twice.
//
// Sans-io. What `from` and `take` throw, it throws.
boost::system::result<snapshot_about, snapshot_flaw> read_snapshot(
    const snapshot_source& from,
    const std::function<void(const snapshot::record&)>& take
);

}  // namespace gim::storage
