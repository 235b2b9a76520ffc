#include "gim/settings/top_flags.hpp"

#include "program/flags/flag.hpp"
#include "program/flags/flag_sources.hpp"
#include "program/text_file.hpp"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <utility>

namespace gim::cmd {

namespace {

constexpr auto about = "Shows what a running server does";
constexpr auto usage = R"(
Usage: gim top [flags]

)";
constexpr auto footer =
    R"(Keys: q ends it, c and r sort connections and rooms by the next number, p or space pauses.
Without a terminal it prints one frame as plain text, as with --once.

Exit codes: 0; 1 if a single frame got no answer; 2 for a wrong flag.)";

program::problem set_key(std::string& to, const std::string& text) {
    const bool is_visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
    if (text.empty() || text.size() > 512 || !is_visible) {
        return "must be 1 to 512 visible characters";
    }
    to = text;
    return {};
}

// Of the first key in a file as the server's --api-key-file is.
program::problem read_key(std::string& to, const std::string& path) {
    const auto content = program::read_text_file(path);
    if (!content) {
        return program::quoted(path) + ": " + content.error().message;
    }
    std::istringstream lines(*content);
    for (std::string text; std::getline(lines, text);) {
        if (text.ends_with('\r')) {
            text.pop_back();
        }
        if (text.empty() || text.front() == '#') {
            continue;
        }
        const auto equals = text.find('=');
        if (equals == std::string::npos || set_key(to, text.substr(equals + 1))) {
            break;
        }
        return {};
    }
    return program::quoted(path) + ": holds no NAME=SECRET";
}

std::vector<program::flag> top_flags(top::top_options& o) {
    using namespace std::chrono_literals;
    const top::top_options d;
    return {
        {"--url",
         "Flags",
         "URL",
         "The API of the server, http://HOST:PORT; there is no TLS: go through a tunnel or a proxy",
         d.url,
         [&o](const std::string& text) -> program::problem {
             o.url = text;
             return text.starts_with("http://") ? program::problem()
                                                : program::wrong("must begin with http://", text);
         }},
        {"--api-key",
         "Flags",
         "SECRET",
         "The secret of an --api-key of the server; not needed on its own machine; ps shows it",
         "none",
         [&o](const std::string& text) { return set_key(o.key, text); },
         program::repeated::last_counts,
         program::disclosure::secret},
        {"--api-key-file",
         "Flags",
         "FILE",
         "A file of keys as the server has, of which the first is used",
         "none",
         [&o](const std::string& text) { return read_key(o.key, text); }},
        {"--interval",
         "Flags",
         "DURATION",
         "How often the server is asked, 100ms to 1h",
         program::to_string(program::duration(d.interval)),
         [&o](const std::string& text) -> program::problem {
             program::duration value{};
             auto bad = program::duration_into(value, 100ms, 1h)(text);
             o.interval = std::chrono::ceil<std::chrono::milliseconds>(value);
             return bad;
         }},
        {"--once",
         "Flags",
         "",
         "Prints one frame, of one interval, as plain text",
         "false",
         [&o](const std::string& text) -> program::problem {
             bool is_once = false;
             auto bad = program::switch_into(is_once)(text);
             using mode = top::top_options::mode;
             o.how = is_once ? mode::once : mode::live;
             return bad;
         }},
    };
}

}  // namespace

std::variant<top::top_options, program::exit_now> parse_top(const std::vector<std::string>& words) {
    top::top_options options;
    if (auto exit =
            program::set_from_arguments("top", top_flags(options), {about, usage, footer}, words)) {
        return *std::move(exit);
    }
    return options;
}

}  // namespace gim::cmd
