#include "fuzz/fuzz_target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>

// The program of one target, GIM_FUZZ_TARGET, for libFuzzer. Needs clang.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        gim::fuzz::GIM_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    } catch (const std::exception& e) {
        std::fprintf(stderr, "does not hold: %s\n", e.what());
        std::abort();
    }
    return 0;
}
