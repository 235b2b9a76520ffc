#pragma once

#include "auth/algorithm.hpp"
#include "model/error.hpp"

#include <memory>
#include <openssl/types.h>
#include <string>
#include <string_view>

namespace gim::auth {

// What signs tokens: a secret, or a private key.
//
// Threads: const after construction; any thread.
class signing_key {
public:
    // HS256.
    static signing_key secret(std::string bytes);
    // The text of a file: one private key in PEM without a passphrase, of the kinds that
    // verification_key takes.
    static model::result<signing_key> from_pem(std::string_view text);

    algorithm signs() const noexcept { return signs_; }
    std::string sign(std::string_view text) const;

private:
    signing_key(algorithm signs, std::string secret, std::shared_ptr<EVP_PKEY> key)
        : signs_(signs), secret_(std::move(secret)), key_(std::move(key)) {}

    algorithm signs_;
    std::string secret_;             // of hs256
    std::shared_ptr<EVP_PKEY> key_;  // of the others
};

// 32 random bytes.
std::string random_secret();

}  // namespace gim::auth
