#include "auth/authority.hpp"
#include "auth/base64url.hpp"
#include "auth/signing_key.hpp"
#include "auth/token_verifier.hpp"
#include "fuzz/fuzz_target.hpp"
#include "model/ids.hpp"
#include "model/request_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Tokens: as a stranger writes them, and as an issuer who has the key and writes any header and any
// claims.

namespace gim::fuzz {

namespace {

using gim::auth::from_base64url;
using gim::auth::to_base64url;

constexpr std::int64_t now = 1'800'000'000'000;
const std::string secret = "a secret for the fuzzer only";

const auth::token_verifier& verifier() {
    static const auth::token_verifier one = [] {
        auth::key_set keys;
        require(keys.add({}, auth::verification_key::secret(secret)).has_value(), "a key");
        return auth::token_verifier(std::move(keys));
    }();
    return one;
}

void check(std::string_view token) {
    const auto who = verifier().verify(token, now);
    if (!who) {
        require(!auth::describe(who.error()).empty(), "a fault has words");
        return;
    }
    require(model::is_valid_id(who->id()), "the user has a valid id");
    require(!who->name || model::is_valid_name(*who->name), "and a valid name");
    require(who->expires_at.has_value(), "every token expires");
    require(auth::time_left(*who, now).count() > 0, "and this one has not");
    require(token.size() <= auth::max_token_bytes, "a token keeps its limit");

    // Nothing of it can be changed.
    std::string forged(token);
    for (const auto at : {std::size_t{0}, forged.size() / 2, forged.size() - 1}) {
        const char was = forged[at];
        forged[at] = was == 'A' ? 'B' : 'A';
        require(!verifier().verify(forged, now), "a changed token is refused");
        forged[at] = was;
    }
    const auto later = *who->expires_at + auth::clock_leeway.count();
    require(!verifier().verify(token, later), "it expires when it says");
}

}  // namespace

void token(std::string_view bytes) {
    check(bytes);
    if (const auto decoded = from_base64url(bytes)) {
        require(to_base64url(*decoded) == bytes, "bytes have one text in base64url");
    }
    require(from_base64url(to_base64url(bytes)) == bytes, "and the text gives the bytes");

    // A header and claims with a line break between them, signed.
    const auto end = std::min(bytes.find('\n'), bytes.size());
    const auto claims = bytes.substr(std::min(end + 1, bytes.size()));
    const auto text = to_base64url(bytes.substr(0, end)) + '.' + to_base64url(claims);
    static const auto key = auth::signing_key::secret(secret);
    check(text + '.' + to_base64url(key.sign(text)));
}

}  // namespace gim::fuzz
