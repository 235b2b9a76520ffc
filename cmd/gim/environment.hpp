#pragma once

#include <cstdlib>
#include <functional>

namespace gim::cmd {

// Like std::getenv: nullptr when the variable is not set.
using environment = std::function<const char*(const char* name)>;

inline environment process_environment() {
    return [](const char* name) -> const char* { return std::getenv(name); };
}

}  // namespace gim::cmd
