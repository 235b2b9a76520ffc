#include "gim/free_memory.hpp"

#ifdef GIM_HAS_TCMALLOC
#include <algorithm>
#include <cstddef>
#include <gperftools/malloc_extension.h>
#endif

namespace gim::cmd {

void give_back_free_memory() {
#ifdef GIM_HAS_TCMALLOC
    constexpr std::size_t step = std::size_t{16} * 1024 * 1024;
    auto& allocator = *MallocExtension::instance();
    std::size_t in_use = 0;
    std::size_t free = 0;
    if (allocator.GetNumericProperty("generic.current_allocated_bytes", &in_use) &&
        allocator.GetNumericProperty("tcmalloc.pageheap_free_bytes", &free)) {
        const auto usual = step + in_use / 8;
        if (free > usual) {
            allocator.ReleaseToSystem(std::min(free - usual, step));
        }
    }
#endif
}

}  // namespace gim::cmd
