#include "auth/token_verifier.hpp"

#include "auth/base64url.hpp"
#include "auth/claim_set.hpp"
#include "auth/subject.hpp"
#include "auth/token_type.hpp"
#include "model/ids.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gim::auth {

namespace {

// Of a NumericDate (RFC 7519, 2). What is beyond the year 9999 was written in milliseconds by
// mistake, and would never expire.
std::optional<std::int64_t> date(const claim_set& claims, std::string_view name) {
    constexpr std::int64_t year_9999 = 253'402'300'799;
    return claims.milliseconds(name, year_9999);
}

token_result<std::int64_t> read_expiry(const claim_set& claims, std::int64_t now_ms) {
    const auto at = date(claims, "exp");
    if (!at) {
        return token_fault::expiry;
    }
    if (*at + clock_leeway.count() <= now_ms) {
        return token_fault::expired;
    }
    return *at;
}

token_result<void> check_not_before(const claim_set& claims, std::int64_t now_ms) {
    if (!claims.is_given("nbf")) {
        return {};
    }
    const auto at = date(claims, "nbf");
    if (!at) {
        return token_fault::not_before;
    }
    if (*at - clock_leeway.count() > now_ms) {
        return token_fault::too_early;
    }
    return {};
}

// The user that `claim` names. In one of gim's own tokens that is an id as it stands.
token_result<identity> read_user(const claim_set& claims, std::string_view claim, bool is_own) {
    const auto subject = claims.text(claim);
    if (!subject || subject->empty() || (is_own && !model::is_valid_id(*subject))) {
        return token_fault::subject;
    }
    auto who = identity::of(is_own ? *subject : id_of_subject(*subject));
    if (!who) {
        return token_fault::back_end;
    }
    return *std::move(who);
}

}  // namespace

token_result<identity>
token_verifier::read_claims(std::string_view text, bool is_own, std::int64_t now_ms) const {
    const auto user = is_own ? std::string_view("sub") : std::string_view(parties_.user_claim);
    std::vector<std::string_view> looked_at{user, "exp", "nbf", "name", "rooms"};
    if (parties_.issuer) {
        looked_at.emplace_back("iss");
    }
    if (parties_.audience) {
        looked_at.emplace_back("aud");
    }
    const auto claims = claim_set::read(text, looked_at);
    if (!claims) {
        return token_fault::claims;
    }
    const auto expiry = read_expiry(*claims, now_ms);
    if (!expiry) {
        return expiry.error();
    }
    if (const auto begun = check_not_before(*claims, now_ms); !begun) {
        return begun.error();
    }
    auto who = read_user(*claims, user, is_own);
    if (!who) {
        return who;
    }
    who->expires_at = *expiry;
    if (const auto said = claims->text("name")) {
        who->name = usable_name(*said);
    }
    auto rooms = claims->rooms();
    if (!rooms) {
        return token_fault::rooms;
    }
    who->rooms = *std::move(rooms);
    if (parties_.issuer && claims->text("iss") != parties_.issuer) {
        return token_fault::issuer;
    }
    if (parties_.audience && !claims->names("aud", *parties_.audience)) {
        return token_fault::audience;
    }
    return who;
}

token_result<identity> token_verifier::verify(std::string_view token, std::int64_t now_ms) const {
    if (token.size() > max_token_bytes) {
        return token_fault::too_long;
    }
    const auto first_dot = token.find('.');
    const auto last_dot = token.rfind('.');
    if (first_dot == std::string_view::npos || first_dot == last_dot ||
        token.find('.', first_dot + 1) != last_dot) {
        return token_fault::shape;
    }
    const auto header = from_base64url(token.substr(0, first_dot));
    const auto claims = from_base64url(token.substr(first_dot + 1, last_dot - first_dot - 1));
    const auto signature = from_base64url(token.substr(last_dot + 1));
    if (!header || !claims || !signature) {
        return token_fault::base64;
    }
    const auto is_own = check_signature(*header, token.substr(0, last_dot), *signature);
    if (!is_own) {
        return is_own.error();
    }
    return read_claims(*claims, *is_own, now_ms);
}

token_result<bool> token_verifier::check_signature(
    std::string_view header,
    std::string_view text,
    std::string_view signature
) const {
    constexpr std::string_view looked_at[] = {"alg", "kid", "typ", "crit"};
    const auto fields = claim_set::read(header, looked_at);
    if (!fields) {
        return token_fault::header;
    }
    if (fields->has("crit")) {
        return token_fault::critical;
    }
    const auto named = fields->text("alg");
    const auto kid = fields->text("kid");
    if (!named || (!kid && fields->is_given("kid"))) {
        return token_fault::header;
    }
    const auto key = keys_.find(kid, *named);
    if (!key) {
        return key.error();
    }
    if (!(*key)->verify(text, signature)) {
        return token_fault::signature;
    }
    return fields->text("typ") == own_token_type;
}

}  // namespace gim::auth
