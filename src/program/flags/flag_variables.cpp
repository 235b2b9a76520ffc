#include "program/flags/flag_variables.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <sstream>
#include <string_view>

namespace gim::program {

namespace {

constexpr std::string_view prefix = "GIM_";

// How many letters must be inserted, removed or replaced.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < from.size(); ++i) {
        std::size_t diagonal = row.front();
        row.front() = i + 1;
        for (std::size_t j = 0; j < to.size(); ++j) {
            const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// The name that is probably meant; empty: none is near enough.
std::string nearest_variable(const std::vector<flag>& flags, std::string name) {
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    std::string nearest;
    std::size_t least = (name.size() - prefix.size()) / 2 + 1;
    for (const flag& f : flags) {
        for (const auto& known : f.environment_names()) {
            if (const auto distance = edits(name, known); distance < least) {
                least = distance;
                nearest = known;
            }
        }
    }
    return nearest;
}

bool has_part(std::string_view name, std::string_view part) {
    return name.find(part) != std::string_view::npos;
}

// Kubernetes gives a pod the variables NAME_SERVICE_HOST, NAME_SERVICE_PORT..., NAME_PORT and
// NAME_PORT_8080_TCP... of each service: here NAME is GIM or GIM_...
bool is_of_kubernetes(std::string_view name, std::string_view value) {
    const bool is_place =
        value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
    return name.ends_with("_SERVICE_HOST") || has_part(name, "_SERVICE_PORT") ||
           (name.ends_with("_PORT") && is_place) ||
           (has_part(name, "_PORT_") &&
            (has_part(name, "_TCP") || has_part(name, "_UDP") || has_part(name, "_SCTP")));
}

}  // namespace

std::optional<std::string> variable_of(const flag& f, const environment& env) {
    for (auto& name : f.environment_names()) {
        if (env(name.c_str()) != nullptr) {
            return std::move(name);
        }
    }
    return std::nullopt;
}

values from_environment(const std::vector<flag>& flags, const environment& env) {
    values given;
    for (const flag& f : flags) {
        const auto name = variable_of(f, env);
        if (!name) {
            continue;
        }
        const std::string text = env(name->c_str());
        auto& all = given[&f];
        if (f.often == repeated::all_count) {
            std::istringstream words(text);
            for (std::string word; words >> word;) {
                all.push_back(word);
            }
        }
        if (all.empty()) {
            all.push_back(text);
        }
    }
    return given;
}

std::vector<std::string> ineffective_variables(
    const std::vector<flag>& flags,
    const environment& env,
    const std::vector<std::string_view>& internal
) {
    std::vector<std::string> lines;
    for (const auto& name : env.names()) {
        const char* const value = env(name.c_str());
        if (!name.starts_with(prefix) || value == nullptr ||
            std::ranges::find(internal, name) != internal.end()) {
            continue;
        }
        const auto f = std::ranges::find_if(flags, [&](const flag& candidate) {
            const auto known = candidate.environment_names();
            return std::ranges::find(known, name) != known.end();
        });
        if (f != flags.end()) {
            if (const auto counts = variable_of(*f, env); *counts != name) {
                lines.push_back(name + ": has no effect, since " + *counts + " sets the same flag");
            }
        } else if (!is_of_kubernetes(name, value)) {
            const auto nearest = nearest_variable(flags, name);
            lines.push_back(
                name + ": sets no flag" +
                (nearest.empty() ? ", see gim --help" : "; the nearest name is " + nearest)
            );
        }
    }
    std::ranges::sort(lines);
    return lines;
}

}  // namespace gim::program
