#pragma once

#include <cstddef>
#include <map>
#include <sstream>
#include <string>

namespace gim::test {

// The samples of a text in the format of Prometheus: what stands before the value, and the value.
inline std::map<std::string, double> samples_of(const std::string& text) {
    std::map<std::string, double> samples;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) {
            const auto at = line.rfind(' ');
            samples.emplace(line.substr(0, at), std::stod(line.substr(at + 1)));
        }
    }
    return samples;
}

}  // namespace gim::test
