#pragma once

#include "model/message.hpp"
#include "observe/trace/note.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gim::trace {

// What is told of a packet on the workers where it is delivered. Made while anybody is traced only.
struct traced_packet {
    std::string session;
    std::size_t messages = 0;
    std::uint64_t skipped = 0;  // by all, before these
    model::message_ptr last;    // of the packet; its sequence is the highest
    clock::time_point made;     // what a receiver's steps are counted from
    std::vector<std::pair<note_ptr, model::message_ptr>> noted;  // those of traced senders
};

// Null: nobody is traced.
using traced_packet_ptr = std::shared_ptr<const traced_packet>;

}  // namespace gim::trace
