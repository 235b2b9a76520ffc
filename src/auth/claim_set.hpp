#pragma once

#include "auth/room_scope.hpp"
#include "json/json_scan.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::auth {

// The members of a JSON object that gim looks at: of a token, a key, or an answer of a login
// service. All others are left alone, whatever is in them; each of these is read by itself and
// strictly (json/json_reader).
class claim_set {
public:
    // Empty: `json` is not one JSON object, or has one of the `looked_at` twice. REQUIRES: `json`
    // outlives it.
    static std::optional<claim_set>
    read(std::string_view json, std::span<const std::string_view> looked_at);

    bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
    // Whether it is there and not null.
    bool is_given(std::string_view name) const noexcept;

    // Empty: it is no string.
    std::optional<std::string> text(std::string_view name) const;
    // Whether it is this text, or a list that has it.
    bool names(std::string_view name, std::string_view wanted) const;
    // Of a number of seconds from 0 to `most`, with or without a fraction. Empty: it is none.
    std::optional<std::int64_t> milliseconds(std::string_view name, std::int64_t most) const;
    // The rooms that "rooms" lists for the user; every room if it is not there. Empty: it is no
    // list of valid ids.
    std::optional<room_scope> rooms() const;

private:
    const json::json_member* find(std::string_view name) const noexcept;

    std::vector<json::json_member> members_;
};

}  // namespace gim::auth
