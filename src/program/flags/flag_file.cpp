#include "program/flags/flag_file.hpp"

#include "program/text_file.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

namespace gim::program {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\v\f";
    const auto begin = text.find_first_not_of(blank);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blank) + 1 - begin);
}

// Without the comment behind it.
std::string_view uncommented(std::string_view text) {
    for (auto at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
        if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t') {
            return trimmed(text.substr(0, at));
        }
    }
    return text;
}

// REQUIRES: `text` is trimmed.
std::string_view value_in(std::string_view text) {
    if (text.starts_with('"') || text.starts_with('\'')) {
        const auto end = text.find(text.front(), 1);
        if (end != std::string_view::npos && uncommented(trimmed(text.substr(end + 1))).empty()) {
            return text.substr(1, end - 1);
        }
    }
    return uncommented(text);
}

// What a line says; empty for a comment or an empty line.
struct entry {
    std::string key;
    std::optional<std::string> value;  // empty: without '='
};

std::optional<entry> entry_in(std::string_view line) {
    const auto text = trimmed(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') {
        return std::nullopt;
    }
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
        return entry{std::string(uncommented(text)), std::nullopt};
    }
    return entry{
        std::string(trimmed(text.substr(0, equals))),
        std::string(value_in(trimmed(text.substr(equals + 1))))};
}

}  // namespace

std::variant<values, exit_now>
from_file(const std::vector<flag>& flags, const std::string& path, const std::string& flag_name) {
    const auto text = read_text_file(path);
    if (!text) {
        return usage_error(flag_name + ": must be a file that can be read, got " + quoted(path));
    }
    values given;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        auto read = entry_in(line);
        if (!read) {
            continue;
        }
        const auto f = std::ranges::find_if(flags, [&](const flag& candidate) {
            return candidate.set && candidate.has_name(read->key);
        });
        if (f == flags.end()) {
            return usage_error(
                flag_name + ": unknown key " + quoted(read->key) + " in " + quoted(path)
            );
        }
        if (!read->value && f->is_switch()) {
            read->value = "true";
        }
        const problem bad = read->value ? add_value(*f, *std::move(read->value), given)
                                        : problem("needs a value in " + quoted(path));
        if (bad) {
            return usage_error(f->name() + ": " + *bad);
        }
    }
    return given;
}

}  // namespace gim::program
