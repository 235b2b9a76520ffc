#pragma once

#include "auth/room_scope.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gim::auth {

// How far the clocks of an issuer and of this machine may be apart.
inline constexpr std::chrono::milliseconds clock_leeway = std::chrono::seconds(30);

// Who somebody proved to be.
struct identity {
    std::string id;
    std::optional<std::string> name = {};  // absent: the name known from before, else the id
    room_scope rooms = {};
    // Milliseconds since 1970 (UTC); empty: never. clock_leeway later the proof counts no more.
    std::optional<std::int64_t> expires_at = {};
};

// How long the proof still counts. REQUIRES: it expires.
inline std::chrono::milliseconds time_left(const identity& who, std::int64_t now_ms) noexcept {
    return std::chrono::milliseconds(*who.expires_at - now_ms) + clock_leeway;
}

}  // namespace gim::auth
