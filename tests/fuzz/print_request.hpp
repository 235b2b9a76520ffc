#pragma once

#include "dialects/gim/codec.hpp"
#include "model/requests.hpp"

#include <cstdint>
#include <string>

namespace gim::fuzz {

// A request as a client writes it in a frame, every field given: equal requests give equal bytes,
// different ones different bytes.
std::string print(native::wire_form form, std::uint64_t seq, const model::request& asked);

}  // namespace gim::fuzz
