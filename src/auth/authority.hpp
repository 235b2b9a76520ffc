#pragma once

#include "auth/identity.hpp"
#include "auth/key_set.hpp"
#include "auth/token_issuer.hpp"
#include "auth/token_parties.hpp"
#include "auth/token_verifier.hpp"
#include "model/error.hpp"
#include "model/message.hpp"
#include "model/requests.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::auth {

enum class login_mode {
    none,   // who connects is who they say they are
    token,  // a token says it, which a key checks
    url     // somebody else says it, who is asked
};

struct authority_options {
    login_mode logins = login_mode::none;
    // Checks tokens, and signs those that logins hand out, unless logins need one. Empty: a random
    // one for that, so that those tokens end with the process; else no such key.
    std::string secret;
    // How long the tokens that logins hand out are valid.
    std::chrono::seconds token_ttl = std::chrono::hours(24);
    // Further keys that check tokens. With a secret, none of them may be a secret without a KID.
    key_set keys;
    // What tokens must say, and what those say that logins hand out.
    token_parties parties;
};

// Who may come in, at both doors.
//
// Threads: const after construction; any thread.
class authority {
public:
    // Throws std::runtime_error, in words for the operator, if the options do not go together.
    explicit authority(authority_options options);

    login_mode logins() const noexcept { return logins_; }
    // Of the keys: a line for the log.
    const std::string& description() const noexcept { return description_; }

    // Whom a login request is from; not for login_mode::url. 401: it needs a token and has none
    // that is valid; 403: `id` is not the token's user; 400: it needs an id.
    model::result<identity> admit(const model::login_request& r, std::int64_t now_ms) const;
    // The same, where somebody else has said who that is.
    model::result<identity> agree(const model::login_request& r, identity proven) const;
    // 401 for anything but a valid token; the message does not say what is wrong with it.
    model::result<identity> verify(std::string_view token, std::int64_t now_ms) const;

    // What a login hands out for the HTTP API: a token for no more rooms and no more time than was
    // proven. Nothing where logins need a token, as there is one, and none if its rooms would make
    // it longer than a token may be.
    std::optional<std::string>
    issue(const model::user& user, const identity& proven, std::int64_t now_ms) const;

private:
    // Of options in which everything is said.
    struct checked;
    explicit authority(checked all);

    login_mode logins_;
    std::optional<token_issuer> issuer_;
    std::string description_;
    token_verifier verifier_;
};

}  // namespace gim::auth
