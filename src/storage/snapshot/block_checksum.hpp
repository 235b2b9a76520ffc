#pragma once

#include <cstdint>
#include <string_view>

namespace gim::storage {

// The checksum that belongs into the head of a block of a snapshot, which is given whole.
std::uint32_t block_checksum(std::string_view head_and_payload) noexcept;

}  // namespace gim::storage
