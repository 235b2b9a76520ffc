#pragma once

#include <string>

namespace gim::program {

// The text in quotes and in one line, whatever it holds.
std::string quoted(std::string text);

}  // namespace gim::program
