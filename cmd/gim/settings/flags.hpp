#pragma once

#include "gim/settings/bench_options.hpp"
#include "gim/settings/reload_options.hpp"
#include "gim/settings/serve_flags.hpp"
#include "gim/settings/token_options.hpp"
#include "program/environment.hpp"
#include "program/exit_now.hpp"
#include "tools/top/top.hpp"

#include <variant>

namespace gim::cmd {

// Reads the command line, which is one of
//
//   gim [serve] [flags]
//   gim check-config [flags]
//   gim bench SCENARIO [flags] [-- flags of serve]
//   gim token --user ID [flags]
//   gim reload-binary --pid-file FILE [flags]
//   gim top [flags]
//
// For serve and check-config also GIM_... in the environment, and the file that --config (or
// GIM_CONFIG) names. A flag beats the environment, the environment beats the file; only the value
// that wins is checked. A value may only be empty where the flag says so. Reads that one file and
// nothing else of the outer world.
std::variant<
    serve_settings,
    settings_check,
    bench_options,
    token_options,
    reload_options,
    top::top_options,
    program::exit_now>
parse_command_line(int argc, const char* const* argv, const program::environment& env);

}  // namespace gim::cmd
