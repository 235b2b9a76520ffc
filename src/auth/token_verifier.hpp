#pragma once

#include "auth/identity.hpp"
#include "auth/key_set.hpp"
#include "auth/token_fault.hpp"

#include <cstdint>
#include <string_view>

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
    explicit token_verifier(key_set keys) : keys_(std::move(keys)) {}

    // `now_ms`: milliseconds since 1970 (UTC).
    token_result<identity> verify(std::string_view token, std::int64_t now_ms) const;

private:
    token_result<void> check_signature(
        std::string_view header,
        std::string_view text,
        std::string_view signature
    ) const;

    const key_set keys_;
};

}  // namespace gim::auth
