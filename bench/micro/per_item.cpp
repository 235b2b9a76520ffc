#include "micro/per_item.hpp"

#include <cstdlib>
#include <new>

namespace {
std::size_t made = 0;
}

// All other forms of new and delete call these.
void* operator new(std::size_t size) {
    ++made;
    if (void* p = std::malloc(size == 0 ? 1 : size)) {
        return p;
    }
    throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
    std::free(p);
}
void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

namespace gim::bench {

std::size_t allocations() noexcept {
    return made;
}

}  // namespace gim::bench
