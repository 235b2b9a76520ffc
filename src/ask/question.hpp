#pragma once

#include "base/salted_hash.hpp"
#include "session/login_asker.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace gim::ask {

// Of what was asked: an answer is kept under it, and not under the token.
using digest = std::array<unsigned char, 32>;  // SHA-256

struct digest_hash {
    std::size_t operator()(const digest& d) const {
        return base::hash_for_tables({reinterpret_cast<const char*>(d.data()), d.size()});
    }
};

// The JSON that the service gets: {"token","id","name","address"}, without those that the client
// did not give.
std::string question_json(const session::login_question& q);

digest digest_of(std::string_view text);

}  // namespace gim::ask
