#include "program/flags/flag_values.hpp"

#include <utility>

namespace gim::program {

problem add_value(const flag& f, std::string text, values& to) {
    auto& all = to[&f];
    if (f.often == repeated::is_refused && !all.empty()) {
        return "is given twice; write one list, with commas";
    }
    if (f.often == repeated::last_counts) {
        all.clear();
    }
    all.push_back(std::move(text));
    return {};
}

}  // namespace gim::program
