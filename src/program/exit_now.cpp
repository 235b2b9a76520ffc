#include "program/exit_now.hpp"

#include <algorithm>

namespace gim::program {

exit_now usage_error(const std::string& what) {
    std::string line = "gim: " + what;
    std::ranges::replace(line, '\n', ' ');
    return {2, "", line + "\n"};
}

}  // namespace gim::program
