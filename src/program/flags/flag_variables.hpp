#pragma once

#include "program/environment.hpp"
#include "program/flags/flag.hpp"
#include "program/flags/flag_values.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::program {

// The variable that counts for the flag: that of the first of its names that is set.
std::optional<std::string> variable_of(const flag& f, const environment& env);

// Several values of a flag of which all count stand in one variable, with spaces between them.
values from_environment(const std::vector<flag>& flags, const environment& env);

// One line for each variable GIM_... that sets no flag, with the name that is probably meant. A
// variable that Kubernetes sets for a service named gim gets none, nor do those of `internal`,
// which the program sets for itself.
std::vector<std::string> ineffective_variables(
    const std::vector<flag>& flags,
    const environment& env,
    const std::vector<std::string_view>& internal
);

}  // namespace gim::program
