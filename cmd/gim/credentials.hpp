#pragma once

#include "auth/authority.hpp"
#include "gim/settings/serve_options.hpp"
#include "net/tls_context.hpp"

#include <memory>
#include <string>

// What the options name in files: keys and certificates. Throws std::runtime_error, in words for
// the operator, if one cannot be read or is not good.
namespace gim::cmd {

auth::authority open_authority(const serve_options& options);
// Null without TLS.
std::unique_ptr<net::tls_context> open_tls(const serve_options& options);

// Who may log in: a line for the log.
std::string describe_logins(const serve_options& options, const auth::authority& tokens);

}  // namespace gim::cmd
