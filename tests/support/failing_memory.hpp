#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

// Lets one allocation of a thread fail. Replaces what new and Asio take memory from, so one file of
// a program includes it, and not with a sanitizer, which has replaced it already.
namespace gim::test {

inline thread_local int allocations_that_succeed = -1;  // before one fails; -1: all do

// The allocation of this thread behind `after` others fails, and no other.
inline void fail_allocation(int after) noexcept {
    allocations_that_succeed = after;
}
// False if it has failed.
inline bool is_failure_due() noexcept {
    return allocations_that_succeed >= 0;
}
inline void fail_no_allocation() noexcept {
    allocations_that_succeed = -1;
}

inline bool fails_now() noexcept {
    return allocations_that_succeed >= 0 && allocations_that_succeed-- == 0;
}

}  // namespace gim::test

// All other forms of new and delete call these. Inlined into each other they would not be known as
// a pair by the compiler, which warns then.
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* const p = gim::test::fails_now() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (p == nullptr) {
        throw std::bad_alloc();
    }
    return p;
}
[[gnu::noinline]] void operator delete(void* p) noexcept {
    std::free(p);
}
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept {
    std::free(p);
}

// Asio's, for handlers and coroutines.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    void* p = nullptr;
    const bool is_given = !gim::test::fails_now() && ::posix_memalign(&p, alignment, size) == 0;
    return is_given ? p : nullptr;
}
