#pragma once

#include "gim/settings/serve_options.hpp"
#include "program/flags/flag.hpp"

#include <vector>

namespace gim::cmd {

// The flags that say who may log in. They write into `o`, which must live as long as they do.
std::vector<program::flag> login_flags(serve_options& o);

// Those of the keys of tokens and of back ends, the same way.
std::vector<program::flag> key_flags(live_options& o);

// What is wrong with them together.
program::problem check_logins(const serve_options& o);

}  // namespace gim::cmd
