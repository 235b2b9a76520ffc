#pragma once

#include "gim/settings/flags.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// What a command line comes to, with an environment of the test's own.
namespace gim::test {

using variables = std::map<std::string, std::string>;
using parsed =
    decltype(cmd::parse_command_line(0, nullptr, std::declval<const program::environment&>()));

inline parsed parse(std::vector<const char*> arguments, const variables& env = {}) {
    arguments.insert(arguments.begin(), "gim");
    std::vector<std::string> names;
    for (const auto& [name, value] : env) {
        names.push_back(name);
    }
    const auto get = [&env](const char* name) -> const char* {
        const auto it = env.find(name);
        return it == env.end() ? nullptr : it->second.c_str();
    };
    return cmd::parse_command_line(
        static_cast<int>(arguments.size()), arguments.data(), program::environment(get, names)
    );
}

inline cmd::serve_options options(std::vector<const char*> arguments, const variables& env = {}) {
    parsed p = parse(std::move(arguments), env);
    if (const auto* exit = std::get_if<program::exit_now>(&p)) {
        FAIL_CHECK(exit->err);
        return {};
    }
    return std::get<cmd::serve_settings>(p).options;
}

// The line of a usage error, which is always one line with the code 2.
inline std::string refusal(std::vector<const char*> arguments, const variables& env = {}) {
    const parsed p = parse(std::move(arguments), env);
    const auto* exit = std::get_if<program::exit_now>(&p);
    if (exit == nullptr) {
        return "accepted";
    }
    CHECK(exit->code == 2);
    CHECK(exit->out.empty());
    CHECK(std::count(exit->err.begin(), exit->err.end(), '\n') == 1);
    CHECK(exit->err.ends_with('\n'));
    return exit->err.substr(0, exit->err.size() - 1);
}

}  // namespace gim::test
