#pragma once

#include <optional>
#include <string>

namespace gim::profiling {

// What holds memory, by samples of allocations, as gperftools writes it. Empty if this process
// takes none: only the whole tcmalloc does, and gim has the small one, which is faster to link and
// leaves them out.
std::optional<std::string> heap_profile();

// How gim must be started for a heap profile.
inline constexpr const char* heap_profile_needs =
    "heap: start gim with LD_PRELOAD=libtcmalloc.so.4 and TCMALLOC_SAMPLE_PARAMETER=524288 in its "
    "environment (Debian: libgoogle-perftools4)";

}  // namespace gim::profiling
