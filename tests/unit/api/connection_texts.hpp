#pragma once

#include "api_fixture.hpp"
#include "worker/memory_budget.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

// What the tests of an HTTP connection say and look for.
namespace gim::test {

inline const std::string health = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// True when `wanted` holds of what is counted, at once or soon.
template <class Wanted>
bool becomes(api_fixture& f, const worker::memory_budget& memory, Wanted wanted) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!wanted(memory.used()) && std::chrono::steady_clock::now() < end) {
        call_on(f.workers.at(0), [] {});
    }
    return wanted(memory.used());
}

inline bool is_free(api_fixture& f, const worker::memory_budget& memory) {
    return becomes(f, memory, [](std::size_t used) { return used == 0; });
}

}  // namespace gim::test
