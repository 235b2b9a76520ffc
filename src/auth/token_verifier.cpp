#include "auth/token_verifier.hpp"

#include "auth/base64url.hpp"
#include "auth/room_list.hpp"
#include "protocol/ids.hpp"
#include "protocol/json_reader.hpp"
#include "protocol/request_rules.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace gim::auth {

namespace {

using protocol::json_field;
using protocol::json_fields;
using protocol::json_kind;

// Each worker has its own reader, so its memory is taken once.
protocol::json_reader& my_reader() {
    thread_local protocol::json_reader mine;
    return mine;
}

// Of a NumericDate (RFC 7519, 2) in whole seconds. What is beyond the year 9999 was written in
// milliseconds by mistake, and would never expire.
std::optional<std::int64_t> milliseconds(const json_field& seconds) {
    constexpr std::int64_t year_9999 = 253'402'300'799;
    if (seconds.kind != json_kind::integer || seconds.integer < 0 || seconds.integer > year_9999) {
        return std::nullopt;
    }
    return seconds.integer * 1000;
}

token_result<std::int64_t> read_expiry(const json_fields& claims, std::int64_t now_ms) {
    const auto* exp = claims.find("exp");
    const auto at = exp == nullptr ? std::nullopt : milliseconds(*exp);
    if (!at) {
        return token_fault::expiry;
    }
    if (*at + clock_leeway.count() <= now_ms) {
        return token_fault::expired;
    }
    return *at;
}

token_result<void> check_not_before(const json_fields& claims, std::int64_t now_ms) {
    const auto* nbf = claims.find("nbf");
    if (nbf == nullptr) {
        return {};
    }
    const auto at = milliseconds(*nbf);
    if (!at) {
        return token_fault::not_before;
    }
    if (*at - clock_leeway.count() > now_ms) {
        return token_fault::too_early;
    }
    return {};
}

bool is_text(const json_field* field, std::string_view expected) {
    return field != nullptr && field->kind == json_kind::string && field->string == expected;
}

bool is_from(const json_fields& claims, const std::optional<std::string>& issuer) {
    return !issuer || is_text(claims.find("iss"), *issuer);
}

// `aud` is one text, or a list of them. Reads the claims again: what was read before is gone.
bool is_for(std::string_view text, const std::optional<std::string>& audience) {
    if (!audience) {
        return true;
    }
    const auto read = my_reader().read(text, "claims", "aud");
    if (!read) {
        return false;
    }
    const auto* aud = (*read)->fields.find("aud");
    if (aud == nullptr || aud->kind != json_kind::array) {
        return is_text(aud, *audience);
    }
    return std::ranges::any_of((*read)->elements, [&](const protocol::json_element& one) {
        return is_text(&one.value, *audience);
    });
}

}  // namespace

token_result<identity> token_verifier::read_claims(std::string_view text, std::int64_t now_ms)
    const {
    const auto read = my_reader().read(text, "claims", "rooms");
    if (!read) {
        return token_fault::claims;
    }
    const auto& claims = (*read)->fields;
    const auto expiry = read_expiry(claims, now_ms);
    if (!expiry) {
        return expiry.error();
    }
    if (const auto begun = check_not_before(claims, now_ms); !begun) {
        return begun.error();
    }
    identity who;
    who.expires_at = *expiry;
    const auto* subject = claims.find("sub");
    if (subject == nullptr || subject->kind != json_kind::string ||
        !protocol::is_valid_id(subject->string)) {
        return token_fault::subject;
    }
    who.id = subject->string;
    if (const auto* name = claims.find("name")) {
        if (name->kind != json_kind::string || !protocol::is_valid_name(name->string)) {
            return token_fault::name;
        }
        who.name = std::string(name->string);
    }
    auto rooms = read_room_list(**read);
    if (!rooms) {
        return token_fault::rooms;
    }
    who.rooms = *std::move(rooms);
    if (!is_from(claims, parties_.issuer)) {
        return token_fault::issuer;
    }
    if (!is_for(text, parties_.audience)) {
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
    if (const auto genuine = check_signature(*header, token.substr(0, last_dot), *signature);
        !genuine) {
        return genuine.error();
    }
    return read_claims(*claims, now_ms);
}

token_result<void> token_verifier::check_signature(
    std::string_view header,
    std::string_view text,
    std::string_view signature
) const {
    const auto read = my_reader().read(header, "header");
    if (!read) {
        return token_fault::header;
    }
    const auto& fields = (*read)->fields;
    if (fields.has("crit")) {
        return token_fault::critical;
    }
    const auto* named = fields.find("alg");
    const auto* kid = fields.find("kid");
    if (named == nullptr || named->kind != json_kind::string ||
        (kid != nullptr && kid->kind != json_kind::string)) {
        return token_fault::header;
    }
    const auto* key = keys_.find(kid == nullptr ? std::nullopt : std::optional(kid->string));
    if (key == nullptr) {
        return token_fault::unknown_key;
    }
    if (named->string != name_of(key->signs())) {
        return token_fault::wrong_algorithm;
    }
    if (!key->verify(text, signature)) {
        return token_fault::signature;
    }
    return {};
}

}  // namespace gim::auth
