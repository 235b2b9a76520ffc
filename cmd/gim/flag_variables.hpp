#pragma once

#include "gim/environment.hpp"
#include "gim/flag.hpp"
#include "gim/flag_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gim::cmd {

// The variable that counts for the flag: that of the first of its names that is set.
std::optional<std::string> variable_of(const flag& f, const environment& env);

// Several values of a flag of which all count stand in one variable, with spaces between them.
values from_environment(const std::vector<flag>& flags, const environment& env);

// One line for each variable GIM_... that sets no flag, with the name that is probably meant. A
// variable that Kubernetes sets for a service named gim gets none.
std::vector<std::string>
ineffective_variables(const std::vector<flag>& flags, const environment& env);

}  // namespace gim::cmd
