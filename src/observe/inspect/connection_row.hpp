#pragma once

#include "push/local_audience.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::inspect {

// A connection in numbers, which cost nothing to read.
struct connection_figures {
    push::connection_id id = 0;
    std::chrono::nanoseconds connected{};  // for so long
    std::chrono::nanoseconds silent{};     // since the last byte of the client's
    std::chrono::nanoseconds oldest{};     // for so long the oldest frame in the outbox has waited
    std::uint64_t outbox_bytes = 0;
    std::uint64_t outbox_frames = 0;
    std::uint64_t passed_over = 0;  // packets of rooms that it did not get, since it was behind
    std::uint64_t requests = 0;
    std::uint64_t received_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::uint64_t sent_frames = 0;
};

// All that is told of a connection.
struct connection_row {
    connection_figures figures;
    std::string user;  // empty: not logged in
    std::string name;
    std::string address;     // the client's, as far as it is known
    std::string_view state;  // these two live as long as the process
    std::string_view form;
    bool is_tls = false;
    bool is_deflating = false;
    std::size_t worker = 0;
    std::size_t rooms = 0;
    std::uint64_t unacknowledged_bytes = 0;  // in the kernel
};

}  // namespace gim::inspect
