#pragma once

#include <chrono>

namespace gim::cmd {

// How often give_back_free_memory() is to be called.
inline constexpr std::chrono::milliseconds give_back_interval{250};

// Gives memory that is free, but that the allocator keeps, back to the system: what is far above
// the usual, which is 16 MiB and an eighth of what is in use. At most 16 MiB a call, so that no
// thread waits long for the allocator meanwhile. Without tcmalloc it does nothing.
void give_back_free_memory();

}  // namespace gim::cmd
