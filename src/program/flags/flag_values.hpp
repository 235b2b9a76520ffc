#pragma once

#include "program/flags/flag.hpp"

#include <map>
#include <string>
#include <vector>

namespace gim::program {

// The values that one source gives, by flag: one, or several if all of them count.
using values = std::map<const flag*, std::vector<std::string>>;

// Adds the next value that the source gives for the flag.
problem add_value(const flag& f, std::string text, values& to);

}  // namespace gim::program
