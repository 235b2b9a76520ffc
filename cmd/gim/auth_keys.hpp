#pragma once

#include "auth/key_set.hpp"
#include "gim/settings/serve_options.hpp"

namespace gim::cmd {

// Reads the files that --auth-key and --auth-jwks name. Throws std::runtime_error, in words for the
// operator, if one cannot be read or holds no such key.
auth::key_set read_auth_keys(const serve_options& options);

// The text of a file of at most 1 MiB; throws as above, beginning with `flag`.
std::string read_key_file(const std::string& flag, const std::string& path);

}  // namespace gim::cmd
