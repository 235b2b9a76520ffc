#pragma once

#include <cstdint>
#include <string_view>

namespace gim::session {

// Tells contents apart, in this process and in those that read its snapshot; whoever wants two
// contents with the same hash can make them. `seed`: the hash of what came before.
std::uint64_t content_hash(std::string_view content, std::uint64_t seed = 0) noexcept;

}  // namespace gim::session
