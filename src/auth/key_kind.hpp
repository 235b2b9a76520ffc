#pragma once

#include "auth/algorithm.hpp"

#include <openssl/types.h>
#include <optional>
#include <string_view>

namespace gim::auth {

inline constexpr std::string_view known_kinds =
    "RSA of 2048 to 8192 bits (RS256), P-256 (ES256) or Ed25519 (EdDSA)";

// What an asymmetric key signs with; empty if it is of no kind that gim understands.
std::optional<algorithm> kind_of(const EVP_PKEY* key);

// ES256 signatures are two numbers of 32 bytes (RFC 7518, 3.4); OpenSSL writes them in DER.
inline constexpr std::size_t es256_number_bytes = 32;
inline constexpr std::size_t es256_signature_bytes = 2 * es256_number_bytes;

// The digest that the algorithm signs; null where it signs the text itself.
const EVP_MD* digest_of(algorithm a);

}  // namespace gim::auth
