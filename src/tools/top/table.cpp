#include "tools/top/table.hpp"

#include "base/number_text.hpp"
#include "tools/top/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gim::top {

namespace {

using nlohmann::json;

std::string cell(const json& row, const column& c) {
    const auto found = row.find(c.member);
    if (found == row.end()) {
        return "-";
    }
    if (found->is_string()) {
        return printable(found->get_ref<const std::string&>());
    }
    if (!found->is_number()) {
        return "-";
    }
    const auto number = found->get<double>();
    if (!(number >= 0 && number < 1e15)) {
        return "-";
    }
    switch (c.what) {
        case kind::decimal:
            return base::decimal_text(number);
        case kind::bytes:
            return base::bytes_text(number);
        case kind::milliseconds:
            return base::duration_text(
                std::chrono::nanoseconds(std::llround(std::min(number, 1e12) * 1e6))
            );
        case kind::text:
        case kind::count:
            break;
    }
    return base::grouped(static_cast<std::uint64_t>(number));
}

std::string aligned(const column& c, const std::string& text) {
    return (c.what == kind::text ? left(text, c.width) : right(text, c.width)) + "  ";
}

std::string without_end(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

std::optional<table> parse_table(std::string_view text, std::span<const column> columns) {
    const auto answer = json::parse(text, nullptr, false);
    if (!answer.is_object() || !answer.contains("data") || !answer.at("data").is_object()) {
        return std::nullopt;
    }
    const auto& data = answer.at("data");
    const auto items = data.find("items");
    if (items == data.end() || !items->is_array()) {
        return std::nullopt;
    }
    table out;
    if (const auto total = data.find("total"); total != data.end() && total->is_number_unsigned()) {
        out.total = total->get<std::uint64_t>();
    }
    for (const auto& item : *items) {
        if (!item.is_object()) {
            return std::nullopt;
        }
        std::vector<std::string> row;
        for (const auto& c : columns) {
            row.push_back(cell(item, c));
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

std::string title_line(std::span<const column> columns) {
    std::string out;
    for (const auto& c : columns) {
        out += aligned(c, std::string(c.title));
    }
    return without_end(std::move(out));
}

std::string row_line(std::span<const column> columns, const std::vector<std::string>& row) {
    std::string out;
    for (std::size_t i = 0; i < columns.size() && i < row.size(); ++i) {
        out += aligned(columns[i], row[i]);
    }
    return without_end(std::move(out));
}

}  // namespace gim::top
