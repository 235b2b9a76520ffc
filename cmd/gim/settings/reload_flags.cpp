#include "gim/settings/reload_flags.hpp"

#include "program/flags/flag.hpp"
#include "program/flags/flag_sources.hpp"

#include <chrono>
#include <utility>

namespace gim::cmd {

namespace {

constexpr auto about = "Lets a running server go on as the program that is on the disk now";
constexpr auto usage = R"(
Usage: gim reload-binary --pid-file FILE [flags]

)";
constexpr auto footer =
    R"(The server must run with the same --pid-file. It is sent SIGUSR2: it starts the new program with
its own flags and sockets, and drains when that one serves. If it does not come to that, the old
one goes on.

Exit codes: 0 if another process serves now; 1 if not, or if it is not known; 2 for a wrong flag.)";

std::vector<program::flag> reload_flags(reload_options& o) {
    using namespace std::chrono_literals;
    const reload_options d;
    return {
        {"--pid-file",
         "Flags",
         "FILE",
         "The --pid-file of the server",
         "none, must be given",
         [&o](const std::string& text) -> program::problem {
             o.pid_file = text;
             return text.empty() ? program::problem("must name a file") : program::problem();
         }},
        {"--timeout",
         "Flags",
         "DURATION",
         "How long to wait until another process serves, 1s to 1h",
         program::to_string(d.timeout),
         program::duration_into(o.timeout, 1s, 1h)},
    };
}

}  // namespace

std::variant<reload_options, program::exit_now> parse_reload(const std::vector<std::string>& words
) {
    reload_options options;
    if (auto exit = program::set_from_arguments(
            "reload-binary", reload_flags(options), {about, usage, footer}, words
        )) {
        return *std::move(exit);
    }
    if (options.pid_file.empty()) {
        return program::usage_error("reload-binary: needs --pid-file");
    }
    return options;
}

}  // namespace gim::cmd
