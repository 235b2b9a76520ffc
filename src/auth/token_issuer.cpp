#include "auth/token_issuer.hpp"

#include "auth/base64url.hpp"
#include "auth/token_type.hpp"
#include "json/json_writer.hpp"

#include <algorithm>
#include <utility>

namespace gim::auth {

using json::operator""_json;
using plain_writer = json::json_writer<json::json_level::plain>;

namespace {

std::string header_of(algorithm signs, const std::optional<std::string>& kid) {
    base::text_buffer text;
    plain_writer to(text);
    to.text(R"({"alg":)"_json, name_of(signs)).text(R"(,"typ":)"_json, own_token_type);
    if (kid) {
        to.text(R"(,"kid":)"_json, *kid);
    }
    to.raw("}"_json);
    return to_base64url(text.view());
}

}  // namespace

token_issuer::token_issuer(
    signing_key key,
    std::chrono::seconds ttl,
    std::optional<std::string> kid,
    token_parties parties
)
    : key_(std::move(key)),
      ttl_(ttl),
      header_(header_of(key_.signs(), kid)),
      parties_(std::move(parties)) {}

std::string token_issuer::issue(const token_claims& claims, std::int64_t now_ms) const {
    base::text_buffer text;
    plain_writer to(text);
    to.text(R"({"sub":)"_json, claims.id);
    if (claims.name) {
        to.text(R"(,"name":)"_json, *claims.name);
    }
    if (claims.rooms) {
        to.list(R"(,"rooms":)"_json, *claims.rooms, [&](const std::string& room) {
            to.text(""_json, room);
        });
    }
    if (parties_.issuer) {
        to.text(R"(,"iss":)"_json, *parties_.issuer);
    }
    if (parties_.audience) {
        to.text(R"(,"aud":)"_json, *parties_.audience);
    }
    const auto now = now_ms / 1000;
    auto end = now + ttl_.count();
    if (claims.ends_at) {
        end = std::min(end, *claims.ends_at / 1000);
    }
    to.number(R"(,"iat":)"_json, now).number(R"(,"exp":)"_json, end).raw("}"_json);
    auto token = header_ + '.' + to_base64url(text.view());
    token += '.' + to_base64url(key_.sign(token));
    return token;
}

}  // namespace gim::auth
