#pragma once

#include "model/field_source.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace gim::model {

// Name and value, percent-decoded. Unknown names are ignored; one that is used and stands twice
// is an error. One without a value ("?limit=") counts as absent.
using query_parameters = std::span<const std::pair<std::string, std::string>>;

// The fields of a request that came as the query of a URL. What it is made of is borrowed.
class query_source final : public field_source {
public:
    explicit query_source(query_parameters parameters) : parameters_(parameters) {}

    std::optional<std::string> text(std::string_view name) override {
        const auto* value = find(name);
        return value != nullptr ? std::optional(*value) : std::nullopt;
    }

    std::optional<std::int64_t> integer(std::string_view name) override {
        const auto* value = find(name);
        if (value == nullptr) {
            return {};
        }
        std::int64_t number = 0;
        const char* const end = value->data() + value->size();
        const auto [stopped, problem] = std::from_chars(value->data(), end, number);
        if (problem == std::errc::invalid_argument || !is_no_fraction({stopped, end})) {
            fail(name, "must be an integer");
            return {};
        }
        if (problem == std::errc::result_out_of_range) {
            using limits = std::numeric_limits<std::int64_t>;
            return value->front() == '-' ? limits::min() : limits::max();
        }
        return number;
    }

private:
    // As in JSON, 50.0 is an integer.
    static bool is_no_fraction(std::string_view rest) noexcept {
        return rest.empty() || (rest.size() > 1 && rest.front() == '.' &&
                                rest.find_first_not_of('0', 1) == std::string_view::npos);
    }

    const std::string* find(std::string_view name) {
        const std::string* found = nullptr;
        for (const auto& [key, value] : parameters_) {
            if (key == name) {
                if (found != nullptr) {
                    fail(name, "given twice");
                }
                found = &value;
            }
        }
        return found != nullptr && found->empty() ? nullptr : found;
    }

    const query_parameters parameters_;
};

}  // namespace gim::model
