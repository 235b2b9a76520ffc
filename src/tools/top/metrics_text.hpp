#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::top {

// How many were at most so large, by bound; the last bound is infinite.
using buckets = std::map<double, double>;

// What GET /metrics says: the text format of Prometheus, without time stamps.
class metrics_text {
public:
    // Empty for a text that is none, or that has more series than any gim has.
    static std::optional<metrics_text> parse(std::string_view text);

    // The sum of all series of that name; 0 if there is none.
    double sum(std::string_view name) const;
    // Of those whose label is that.
    double sum(std::string_view name, std::string_view label, std::string_view value) const;
    // Of a histogram, its series added up.
    buckets histogram(std::string_view name) const;
    // The label of the first series of that name; empty if there is none.
    std::string label(std::string_view name, std::string_view label) const;

private:
    struct series {
        std::vector<std::pair<std::string, std::string>> labels;
        double value = 0;

        const std::string* find(std::string_view label) const;
    };
    static std::optional<series> parse_line(std::string_view line, std::string& name);
    std::span<const series> all_of(std::string_view name) const;

    std::map<std::string, std::vector<series>, std::less<>> by_name_;
};

}  // namespace gim::top
