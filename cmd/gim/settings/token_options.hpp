#pragma once

#include "auth/token_parties.hpp"
#include "program/duration.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace gim::cmd {

// What `gim token` can be told.
struct token_options {
    // The user whom the token is for. Required.
    std::string user;

    // How long it is valid, 1s to 8760h, in whole seconds.
    program::duration ttl = std::chrono::hours(1);

    // What the user is called; empty: as known from before.
    std::optional<std::string> name;

    // The only rooms it lets the user into; none: every room.
    std::vector<std::string> rooms;

    // Who it is from and for; empty: not said.
    auth::token_parties parties;

    // What signs it, one of the two: the server's --token-secret, or a file with a private key in
    // PEM whose public key the server has.
    std::string secret;
    std::string private_key;

    // By which id the server knows the key; empty: it is the one without.
    std::optional<std::string> kid;
};

}  // namespace gim::cmd
