#pragma once

#include "push/local_audience.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace gim::trace {

using clock = std::chrono::steady_clock;

// Goes along with a request of a user who is traced: whose steps they are.
struct note {
    std::string user;
    push::connection_id connection = 0;  // 0: over HTTP
    std::string trace;                   // the value of --trace-header; empty: none
    clock::time_point received;
};

// Null: nobody follows it.
using note_ptr = std::shared_ptr<const note>;

}  // namespace gim::trace
