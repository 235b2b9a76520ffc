#pragma once

#include "auth/identity.hpp"
#include "auth/key_set.hpp"
#include "auth/token_fault.hpp"
#include "auth/token_parties.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace gim::auth {

inline constexpr std::size_t max_token_bytes = 4 * 1024;

// Checks tokens: JWTs (RFC 7519) signed with one of its keys (RFC 7515, compact form).
//
// Problem: everything in a token is a stranger's text until its signature was checked. So the order
// is: shape, the header's `alg` and `kid`, the signature, and only then the claims. The key decides
// the algorithm; a header that names another one is refused.
//
// Threads: const after construction; any thread.
class token_verifier {
public:
    // A token must say who it is from and for as `parties` do, where they do.
    explicit token_verifier(key_set keys, token_parties parties = {})
        : keys_(std::move(keys)), parties_(std::move(parties)) {}

    // `now_ms`: milliseconds since 1970 (UTC).
    token_result<identity> verify(std::string_view token, std::int64_t now_ms) const;

private:
    // Whether it is one of gim's own tokens.
    token_result<bool> check_signature(
        std::string_view header,
        std::string_view text,
        std::string_view signature
    ) const;

    token_result<identity> read_claims(std::string_view text, bool is_own, std::int64_t now_ms)
        const;

    key_set keys_;
    token_parties parties_;
};

}  // namespace gim::auth
