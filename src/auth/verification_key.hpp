#pragma once

#include "auth/algorithm.hpp"
#include "model/error.hpp"

#include <memory>
#include <openssl/types.h>
#include <string>
#include <string_view>

namespace gim::auth {

inline constexpr std::size_t min_secret_bytes = 16;

// What checks the signatures of one issuer: a secret that it shares with us, or its public key.
//
// Threads: const after construction; any thread.
class verification_key {
public:
    // HS256.
    static verification_key secret(std::string bytes);
    // RS256 for RSA of 2048 to 8192 bits, ES256 for P-256, EdDSA for Ed25519; the error says which
    // keys are understood.
    static model::result<verification_key> public_key(std::shared_ptr<EVP_PKEY> key);
    // The text of a file: one public key in PEM ("BEGIN PUBLIC KEY").
    static model::result<verification_key> from_pem(std::string_view text);

    algorithm signs() const noexcept { return signs_; }
    bool verify(std::string_view text, std::string_view signature) const;

private:
    verification_key(algorithm signs, std::string secret, std::shared_ptr<EVP_PKEY> key)
        : signs_(signs), secret_(std::move(secret)), key_(std::move(key)) {}

    algorithm signs_;
    std::string secret_;             // of hs256
    std::shared_ptr<EVP_PKEY> key_;  // of the others
};

}  // namespace gim::auth
