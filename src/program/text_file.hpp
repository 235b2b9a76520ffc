#pragma once

#include "model/error.hpp"

#include <string>

namespace gim::program {

// The content of a file of at most 1 MiB, without a byte order mark. The error says in a few words
// why there is none.
model::result<std::string> read_text_file(const std::string& path);

}  // namespace gim::program
