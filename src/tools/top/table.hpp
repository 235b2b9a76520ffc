#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::top {

enum class kind { text, count, decimal, bytes, milliseconds };

struct column {
    std::string_view title;
    std::string_view member;  // of a row's JSON object
    kind what;
    std::size_t width;  // characters
};

// What one of GET /debug/connections, rooms and workers says, as texts that are fit to be shown.
struct table {
    std::optional<std::uint64_t> total;          // of all, also those that are not told
    std::vector<std::vector<std::string>> rows;  // a cell a column; "-": the server does not say
};

// Empty for what is no such answer.
std::optional<table> parse_table(std::string_view json, std::span<const column> columns);

// The titles, or a row, in one line. Text is at the left of its column, numbers at the right.
std::string title_line(std::span<const column> columns);
std::string row_line(std::span<const column> columns, const std::vector<std::string>& row);

}  // namespace gim::top
