#pragma once

#include "dialects/gim/codec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The JSON dialect of codec.hpp, which says what these do.
namespace gim::native {

model::result<inbound_frame> decode_json_frame(std::string_view bytes);

// REQUIRES of all: form is json_text or json_object.
void encode_json_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
);
void encode_json_packet(wire_form form, const model::packet& p, std::string& out);
void encode_json_notice(wire_form form, const model::notice& n, std::string& out);

}  // namespace gim::native
