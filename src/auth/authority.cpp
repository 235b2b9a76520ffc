#include "auth/authority.hpp"

#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace gim::auth {

using model::error;
using model::result;
using model::status;

struct authority::checked {
    explicit checked(authority_options o)
        : logins(o.logins), keys(std::move(o.keys)), parties(std::move(o.parties)) {
        if (o.secret.empty() && logins != login_mode::token) {
            o.secret = random_secret();
        }
        if (!o.secret.empty()) {
            if (logins != login_mode::token) {
                issuer.emplace(signing_key::secret(o.secret), o.token_ttl, std::nullopt, parties);
            }
            const auto added =
                keys.add(std::nullopt, verification_key::secret(std::move(o.secret)));
            if (!added) {
                throw std::runtime_error(
                    "--auth-jwks: beside the secret of --token-secret, every other secret needs a "
                    "KID"
                );
            }
        }
        if (keys.is_empty()) {
            throw std::runtime_error(
                "--auth: token needs a key: --token-secret, --auth-key or --auth-jwks"
            );
        }
    }

    login_mode logins;
    key_set keys;
    token_parties parties;
    std::optional<token_issuer> issuer;
};

authority::authority(authority_options options) : authority(checked(std::move(options))) {}

authority::authority(checked all)
    : logins_(all.logins),
      issuer_(std::move(all.issuer)),
      description_(all.keys.describe()),
      verifier_(std::move(all.keys), std::move(all.parties)) {}

result<identity> authority::admit(const model::login_request& r, std::int64_t now_ms) const {
    if (logins_ == login_mode::none) {
        if (r.id.empty()) {
            return model::bad_request("id: missing");
        }
        auto who = identity::of(r.id);
        if (who) {
            who->name = r.name;
        }
        return who;
    }
    if (!r.token) {
        return error{status::unauthorized, "token: missing"};
    }
    auto who = verify(*r.token, now_ms);
    if (!who) {
        return who;
    }
    return agree(r, *std::move(who));
}

result<identity> authority::agree(const model::login_request& r, identity proven) const {
    if (!r.id.empty() && r.id != proven.id()) {
        return model::forbidden("id: must be the token's user, or absent");
    }
    if (!proven.name) {
        proven.name = r.name;
    }
    return proven;
}

result<identity> authority::verify(std::string_view token, std::int64_t now_ms) const {
    auto who = verifier_.verify(token, now_ms);
    if (!who) {
        spdlog::debug("token refused: {}", describe(who.error()));
        if (who.error() == token_fault::back_end) {
            return back_ends_only();
        }
        return error{status::unauthorized, "token: not valid"};
    }
    return *std::move(who);
}

std::optional<std::string>
authority::issue(const model::user& user, const identity& proven, std::int64_t now_ms) const {
    if (!issuer_) {
        return std::nullopt;
    }
    token_claims claims{user.id, user.name, {}, proven.expires_at};
    if (const auto* rooms = proven.rooms.listed()) {
        claims.rooms = *rooms;
    }
    auto token = issuer_->issue(claims, now_ms);
    if (token.size() > max_token_bytes) {
        return std::nullopt;
    }
    return token;
}

}  // namespace gim::auth
