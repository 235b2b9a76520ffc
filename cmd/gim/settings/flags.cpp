#include "gim/settings/flags.hpp"

#include "gim/settings/bench_flags.hpp"
#include "gim/settings/reload_flags.hpp"
#include "gim/settings/serve_flags.hpp"
#include "gim/settings/token_flags.hpp"
#include "gim/settings/top_flags.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace gim::cmd {

using parsed_command = std::variant<
    serve_settings,
    settings_check,
    bench_options,
    token_options,
    reload_options,
    top::top_options,
    program::exit_now>;

parsed_command
parse_command_line(int argc, const char* const* argv, const program::environment& env) {
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    if (!words.empty() && words.front() == "bench") {
        auto bench = parse_bench({words.begin() + 1, words.end()});
        return std::visit([](auto& it) -> parsed_command { return std::move(it); }, bench);
    }
    if (!words.empty() && words.front() == "token") {
        auto token = parse_token({words.begin() + 1, words.end()}, env);
        return std::visit([](auto& it) -> parsed_command { return std::move(it); }, token);
    }
    if (!words.empty() && words.front() == "reload-binary") {
        auto reload = parse_reload({words.begin() + 1, words.end()});
        return std::visit([](auto& it) -> parsed_command { return std::move(it); }, reload);
    }
    if (!words.empty() && words.front() == "top") {
        auto top = parse_top({words.begin() + 1, words.end()});
        return std::visit([](auto& it) -> parsed_command { return std::move(it); }, top);
    }
    const bool checks = !words.empty() && words.front() == "check-config";
    auto serve = parse_serve({words.begin() + (checks ? 1 : 0), words.end()}, env);
    if (auto* exit = std::get_if<program::exit_now>(&serve)) {
        return std::move(*exit);
    }
    auto& settings = std::get<serve_settings>(serve);
    if (checks) {
        return settings_check{std::move(settings)};
    }
    return std::move(settings);
}

}  // namespace gim::cmd
