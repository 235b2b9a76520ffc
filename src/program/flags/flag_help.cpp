#include "program/flags/flag_help.hpp"

#include <algorithm>

namespace gim::program {

namespace {

constexpr auto last_group = "Other";

std::vector<std::string> groups_of(const std::vector<flag>& flags) {
    std::vector<std::string> groups;
    for (const flag& f : flags) {
        if (f.group != last_group && std::ranges::find(groups, f.group) == groups.end()) {
            groups.push_back(f.group);
        }
    }
    groups.emplace_back(last_group);
    return groups;
}

std::string describe(const flag& f, flag_help kind) {
    std::string text = "  " + f.names + (f.is_switch() ? "[=true|false]" : " " + f.value);
    text += "\n      " + f.help + "\n      [default: " + f.default_text + "]";
    if (kind == flag_help::with_environment) {
        text += " [env: " + f.environment_name() + "]";
    }
    return text + "\n";
}

}  // namespace

std::string help_text(const std::vector<flag>& flags, const command_help& help, flag_help kind) {
    std::string text = help.about + "\n" + help.usage;
    for (const auto& group : groups_of(flags)) {
        text += group + ":\n";
        for (const flag& f : flags) {
            if (f.group == group) {
                text += describe(f, kind);
            }
        }
        if (group == last_group) {
            text += "  -v,--version\n      Print the version\n  -h,--help\n      Print this help\n";
        }
        text += "\n";
    }
    return text + help.footer + "\n";
}

}  // namespace gim::program
