#pragma once

#include "dialects/gim/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

// What the benchmarks work on: like the load of `gim bench`, with ids and contents of usual length.
namespace gim::bench {

inline constexpr std::size_t content_bytes = 64;

inline const char* name_of(native::wire_form form) noexcept {
    switch (form) {
        case native::wire_form::json_text:
            return "json_text";
        case native::wire_form::json_object:
            return "json_object";
        case native::wire_form::protobuf:
            return "protobuf";
    }
    return "";
}

model::message_ptr sample_message(std::uint64_t sequence = 1234);
model::packet sample_packet(std::size_t items);

// A client's frame. REQUIRES: op is login, send or history.
std::string sample_request(native::wire_form form, native::opcode op);

}  // namespace gim::bench
