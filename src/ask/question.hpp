#pragma once

#include "session/login_asker.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace gim::ask {

// Of what was asked: an answer is kept under it, and not under the token.
using digest = std::array<unsigned char, 32>;  // SHA-256

struct digest_hash {
    std::size_t operator()(const digest& d) const noexcept {
        std::size_t bits = 0;
        std::memcpy(&bits, d.data(), sizeof bits);
        return bits;
    }
};

// The JSON that the service gets: {"token","id","name","address"}, without those that the client
// did not give.
std::string question_json(const session::login_question& q);

digest digest_of(std::string_view text);

}  // namespace gim::ask
