#include "tools/top/metrics_text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace gim::top {

namespace {

constexpr std::size_t most_series = 100'000;

bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == ':';
}

std::string take_name(std::string_view& rest) {
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_name_char);
    const auto size = static_cast<std::size_t>(end - rest.begin());
    std::string name(rest.substr(0, size));
    rest.remove_prefix(size);
    return name;
}

bool take(std::string_view& rest, char c) {
    if (!rest.starts_with(c)) {
        return false;
    }
    rest.remove_prefix(1);
    return true;
}

// What is between two quotes, with \\, \" and \n.
std::optional<std::string> take_quoted(std::string_view& rest) {
    if (!take(rest, '"')) {
        return std::nullopt;
    }
    std::string out;
    while (!rest.empty()) {
        char c = rest.front();
        rest.remove_prefix(1);
        if (c == '"') {
            return out;
        }
        if (c == '\\') {
            if (rest.empty()) {
                break;
            }
            c = rest.front() == 'n' ? '\n' : rest.front();
            rest.remove_prefix(1);
        }
        out += c;
    }
    return std::nullopt;
}

std::optional<double> number(std::string_view text) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (text == "+Inf") {
        return infinity;
    }
    if (text == "-Inf") {
        return -infinity;
    }
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, ec] = std::from_chars(text.data(), end, value);
    return ec == std::errc() && at == end ? std::optional(value) : std::nullopt;
}

}  // namespace

const std::string* metrics_text::series::find(std::string_view label) const {
    const auto found =
        std::ranges::find(labels, label, &std::pair<std::string, std::string>::first);
    return found == labels.end() ? nullptr : &found->second;
}

std::optional<metrics_text::series>
metrics_text::parse_line(std::string_view line, std::string& name) {
    series out;
    name = take_name(line);
    if (name.empty()) {
        return std::nullopt;
    }
    if (take(line, '{')) {
        while (!take(line, '}')) {
            auto label = take_name(line);
            if (label.empty() || !take(line, '=')) {
                return std::nullopt;
            }
            auto value = take_quoted(line);
            if (!value || (!line.starts_with('}') && !take(line, ','))) {
                return std::nullopt;
            }
            out.labels.emplace_back(std::move(label), *std::move(value));
        }
    }
    if (!take(line, ' ')) {
        return std::nullopt;
    }
    const auto value = number(line);
    if (!value) {
        return std::nullopt;
    }
    out.value = *value;
    return out;
}

std::optional<metrics_text> metrics_text::parse(std::string_view text) {
    metrics_text out;
    std::size_t count = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            return std::nullopt;  // it was cut off
        }
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        std::string name;
        auto one = parse_line(line, name);
        if (!one || ++count > most_series) {
            return std::nullopt;
        }
        out.by_name_[name].push_back(*std::move(one));
    }
    return out;
}

std::span<const metrics_text::series> metrics_text::all_of(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::span<const series>() : std::span(found->second);
}

double metrics_text::sum(std::string_view name) const {
    double all = 0;
    for (const auto& s : all_of(name)) {
        all += s.value;
    }
    return all;
}

double metrics_text::sum(std::string_view name, std::string_view label, std::string_view value)
    const {
    double all = 0;
    for (const auto& s : all_of(name)) {
        const auto* const is = s.find(label);
        all += is != nullptr && *is == value ? s.value : 0;
    }
    return all;
}

buckets metrics_text::histogram(std::string_view name) const {
    buckets out;
    for (const auto& s : all_of(std::string(name) + "_bucket")) {
        const auto* const le = s.find("le");
        if (const auto bound = le != nullptr ? number(*le) : std::nullopt) {
            out[*bound] += s.value;
        }
    }
    return out;
}

std::string metrics_text::label(std::string_view name, std::string_view label) const {
    const auto all = all_of(name);
    const auto* const value = all.empty() ? nullptr : all.front().find(label);
    return value == nullptr ? std::string() : *value;
}

}  // namespace gim::top
