#pragma once

#include "protocol/error.hpp"

#include <string>

namespace gim::cmd {

// The content of a file of at most 1 MiB, without a byte order mark. The error says in a few words
// why there is none.
protocol::result<std::string> read_text_file(const std::string& path);

}  // namespace gim::cmd
