#include "gim/reload_flags.hpp"

#include "gim/flag.hpp"
#include "gim/flag_sources.hpp"

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

std::vector<flag> reload_flags(reload_options& o) {
    using namespace std::chrono_literals;
    const reload_options d;
    return {
        {"--pid-file",
         "Flags",
         "FILE",
         "The --pid-file of the server",
         "none, must be given",
         [&o](const std::string& text) -> problem {
             o.pid_file = text;
             return text.empty() ? problem("must name a file") : problem();
         }},
        {"--timeout",
         "Flags",
         "DURATION",
         "How long to wait until another process serves, 1s to 1h",
         to_string(d.timeout),
         duration_into(o.timeout, 1s, 1h)},
    };
}

}  // namespace

std::variant<reload_options, exit_now> parse_reload(const std::vector<std::string>& words) {
    reload_options options;
    if (auto exit = set_from_arguments(
            "reload-binary", reload_flags(options), {about, usage, footer}, words
        )) {
        return *std::move(exit);
    }
    if (options.pid_file.empty()) {
        return usage_error("reload-binary: needs --pid-file");
    }
    return options;
}

}  // namespace gim::cmd
