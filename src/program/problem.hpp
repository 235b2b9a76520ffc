#pragma once

#include <optional>
#include <string>

namespace gim::program {

// What is wrong, in one line; empty: nothing.
using problem = std::optional<std::string>;

}  // namespace gim::program
