#include "gim/bench.hpp"
#include "gim/check_config.hpp"
#include "gim/reload_binary.hpp"
#include "gim/serve.hpp"
#include "gim/settings/flags.hpp"
#include "gim/token.hpp"
#include "program/environment.hpp"
#include "tools/top/top.hpp"

#include <cstdio>
#include <exception>
#include <variant>

// Exit codes of serve: 0 after SIGINT or SIGTERM, 1 when gim cannot start or run; of bench: see
// bench.hpp, and 1; 2 for a usage error.
int main(int argc, char** argv) {
    try {
        const auto parsed =
            gim::cmd::parse_command_line(argc, argv, gim::program::process_environment());
        if (const auto* exit = std::get_if<gim::program::exit_now>(&parsed)) {
            std::fputs(exit->out.c_str(), stdout);
            std::fputs(exit->err.c_str(), stderr);
            return exit->code;
        }
        if (const auto* bench = std::get_if<gim::cmd::bench_options>(&parsed)) {
            return gim::cmd::bench(*bench);
        }
        if (const auto* token = std::get_if<gim::cmd::token_options>(&parsed)) {
            return gim::cmd::token(*token);
        }
        if (const auto* reload = std::get_if<gim::cmd::reload_options>(&parsed)) {
            return gim::cmd::reload_binary(*reload);
        }
        if (const auto* top = std::get_if<gim::top::top_options>(&parsed)) {
            return gim::top::run(*top);
        }
        if (const auto* check = std::get_if<gim::cmd::settings_check>(&parsed)) {
            return gim::cmd::check_config(check->settings);
        }
        return gim::cmd::serve(std::get<gim::cmd::serve_settings>(parsed), {argv, argv + argc});
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "gim: %s\n", problem.what());
        return 1;
    }
}
