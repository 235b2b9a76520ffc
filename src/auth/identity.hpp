#pragma once

#include "auth/room_scope.hpp"
#include "model/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::auth {

// How far the clocks of an issuer and of this machine may be apart.
inline constexpr std::chrono::milliseconds clock_leeway = std::chrono::seconds(30);

// 403: what a login or a token with the id of back ends gets.
model::error back_ends_only();

// The user that a client proved to be. There is none for the id of back ends (system), whatever a
// token, a login service or a client says: every door makes its users here.
class identity {
public:
    // back_ends_only() if the id is theirs. REQUIRES: it is a valid id.
    static model::result<identity> of(std::string id);

    // The same for an id that is known to be a user's: throws std::invalid_argument if it is not.
    identity(
        std::string id,
        std::optional<std::string> known_as = {},
        room_scope may_use = {},
        std::optional<std::int64_t> ends_at = {}
    );

    const std::string& id() const noexcept { return id_; }

    std::optional<std::string> name;  // absent: the name known from before, else the id
    room_scope rooms;
    // Milliseconds since 1970 (UTC); empty: never. clock_leeway later the proof counts no more.
    std::optional<std::int64_t> expires_at;

private:
    std::string id_;
};

// What a token or a login service calls a user, made fit to be a name: without control characters,
// cut between two characters to at most 64 bytes. Empty: nothing is left. REQUIRES: UTF-8.
std::optional<std::string> usable_name(std::string_view said);

// How long the proof still counts. REQUIRES: it expires.
inline std::chrono::milliseconds time_left(const identity& who, std::int64_t now_ms) noexcept {
    return std::chrono::milliseconds(*who.expires_at - now_ms) + clock_leeway;
}

}  // namespace gim::auth
