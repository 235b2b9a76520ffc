#pragma once

#include <doctest/doctest.h>

#include <cstdio>

namespace gim::test {

// What a test case needs and not every machine has. Where it is missing, the case prints one line
// and returns; scripts/count.awk counts it apart from passed and failed, and .ci/run fails.
//
//     if (!test::has("IPv6", test::ipv6_is_there())) { return; }
inline bool has(const char* what, bool is_there) {
    if (!is_there) {
        const char* const name = doctest::getContextOptions()->currentTest->m_name;
        std::printf("not possible here: %s: needs %s\n", name, what);
    }
    return is_there;
}

}  // namespace gim::test
