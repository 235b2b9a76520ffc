#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <string_view>

// What OpenSSL gives out, freed when it is no longer held.
namespace gim::auth {

template <auto Free>
struct openssl_free {
    template <class T>
    void operator()(T* held) const noexcept {
        Free(held);
    }
};

using evp_key = std::unique_ptr<EVP_PKEY, openssl_free<EVP_PKEY_free>>;
using evp_key_context = std::unique_ptr<EVP_PKEY_CTX, openssl_free<EVP_PKEY_CTX_free>>;
using evp_digest_context = std::unique_ptr<EVP_MD_CTX, openssl_free<EVP_MD_CTX_free>>;
using ecdsa_signature = std::unique_ptr<ECDSA_SIG, openssl_free<ECDSA_SIG_free>>;
using big_number = std::unique_ptr<BIGNUM, openssl_free<BN_free>>;
using memory_bio = std::unique_ptr<BIO, openssl_free<BIO_free>>;

inline const unsigned char* bytes_of(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace gim::auth
