#pragma once

#include "dialects/gim/codec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The protobuf dialect of codec.hpp, which says what these do. The wire format is
// proto/gim.proto; the classes generated from it are known to proto_*.cpp only.
namespace gim::native {

model::result<inbound_frame> decode_proto_frame(std::string_view bytes);

void encode_proto_reply(
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
);
void encode_proto_packet(const model::packet& p, std::string& out);
void encode_proto_notice(const model::notice& n, std::string& out);

}  // namespace gim::native
