#pragma once

#include <cstdint>
#include <string>

namespace gim::storage {

// From the system's random source.
std::uint64_t random_number();
// Up to 16 hex digits of it.
std::string random_epoch();

}  // namespace gim::storage
