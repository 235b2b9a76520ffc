#pragma once

#include "gim/settings/serve_options.hpp"
#include "program/flags/flag.hpp"

#include <vector>

namespace gim::cmd {

// The flags that say where messages, rooms and users are kept. They write into `o`, which must live
// as long as they do.
std::vector<program::flag> storage_flags(serve_options& o);

// What is wrong with them together.
program::problem check_storage(const serve_options& o);

}  // namespace gim::cmd
