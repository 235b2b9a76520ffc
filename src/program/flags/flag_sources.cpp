#include "program/flags/flag_sources.hpp"

#include <algorithm>
#include <utility>

namespace gim::program {

namespace {

constexpr auto version = "gim " GIM_VERSION;

bool asks_for_help(const std::string& word) {
    return word == "--help" || word == "-h";
}

bool asks_for_version(const std::string& word) {
    return word == "--version" || word == "-v";
}

// An empty variable of a shell leaves the flag behind it as the next word: --auth-issuer $UNSET
// --auth=token. So such a word is never a value.
bool looks_like_flag(const std::string& word) {
    return word.starts_with("--") || asks_for_help(word) || asks_for_version(word);
}

}  // namespace

std::variant<arguments, exit_now> from_arguments(
    const std::vector<flag>& flags,
    const command_help& help,
    flag_help kind,
    const std::vector<std::string>& words
) {
    arguments out;
    for (auto word = words.begin(); word != words.end(); ++word) {
        if (asks_for_help(*word)) {
            return exit_now{0, help_text(flags, help, kind), ""};
        }
        if (asks_for_version(*word)) {
            return exit_now{0, version + std::string("\n"), ""};
        }
        const auto equals = word->find('=');
        const auto name = word->substr(0, equals);
        const auto f = std::ranges::find_if(flags, [&](const flag& candidate) {
            return name.starts_with("--") && candidate.has_name(name.substr(2));
        });
        if (f == flags.end()) {
            out.rest.push_back(*word);
            continue;
        }
        std::string text = "true";
        if (equals != std::string::npos) {
            text = word->substr(equals + 1);
        } else if (!f->is_switch()) {
            const auto next = word + 1;
            if (next == words.end()) {
                return usage_error(name + ": needs a value");
            }
            if (looks_like_flag(*next)) {
                return usage_error(
                    name + ": needs a value; write one that begins with - as " + name + "=VALUE"
                );
            }
            text = *next;
            word = next;
        }
        if (const problem bad = add_value(*f, std::move(text), out.given)) {
            return usage_error(name + ": " + *bad);
        }
    }
    return out;
}

std::optional<exit_now> set_from_arguments(
    const std::string& command,
    const std::vector<flag>& flags,
    const command_help& help,
    const std::vector<std::string>& words
) {
    auto parsed = from_arguments(flags, help, flag_help::plain, words);
    if (auto* exit = std::get_if<exit_now>(&parsed)) {
        return std::move(*exit);
    }
    const auto& [given, rest] = std::get<arguments>(parsed);
    if (!rest.empty()) {
        return usage_error(
            command + ": unknown flag " + quoted(rest.front()) + ", see gim " + command + " --help"
        );
    }
    for (const flag& f : flags) {
        const auto texts = given.find(&f);
        if (texts == given.end()) {
            continue;
        }
        for (const auto& text : texts->second) {
            if (const problem bad = f.apply(text)) {
                return usage_error(f.name() + ": " + *bad);
            }
        }
    }
    return std::nullopt;
}

}  // namespace gim::program
