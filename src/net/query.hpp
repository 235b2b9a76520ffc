#pragma once

#include "model/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::net {

// The query of a request target, decoded: "limit=5&after=a%40b".
class query {
public:
    query() = default;

    // Strict: a percent sign needs two hex digits, what it decodes to must be UTF-8 without
    // control characters, no name may come twice. '+' is a plus. "a" and "a=" both give "a" an
    // empty value; empty parts ("a=1&&b=2") are skipped. The error begins with the name at fault,
    // as it was sent.
    static model::result<query> parse(std::string_view text);

    // The view lives as long as this object.
    std::optional<std::string_view> find(std::string_view name) const noexcept;

    // Every name and value in the order sent, to refuse unknown names.
    const std::vector<std::pair<std::string, std::string>>& items() const noexcept {
        return items_;
    }

private:
    std::vector<std::pair<std::string, std::string>> items_;
};

// A request target in origin form (RFC 9112, 3.2.1): "/v1/users/a%40b?limit=5".
struct request_target {
    std::string path;                   // as sent, not decoded
    std::vector<std::string> segments;  // decoded, split before: %2F never splits; "/" has none
    query parameters;
};

// Takes any text; the slash at its front is optional.
model::result<request_target> parse_target(std::string_view target);

// "a%20b" -> "a b". Empty for a bad escape, bad UTF-8 or a control character.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace gim::net
