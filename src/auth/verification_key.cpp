#include "auth/verification_key.hpp"

#include "auth/hmac.hpp"
#include "auth/key_kind.hpp"
#include "auth/openssl.hpp"

#include <cassert>
#include <new>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <utility>

namespace gim::auth {

namespace {

bool verify_hmac(std::string_view secret, std::string_view text, std::string_view signature) {
    const auto expected = hmac_sha256(secret, text);
    return signature.size() == expected.size() &&
           CRYPTO_memcmp(expected.data(), signature.data(), expected.size()) == 0;
}

// Empty if the two numbers do not have their 64 bytes.
std::string to_der(std::string_view raw) {
    if (raw.size() != es256_signature_bytes) {
        return {};
    }
    constexpr int half = es256_number_bytes;
    big_number r(BN_bin2bn(bytes_of(raw), half, nullptr));
    big_number s(BN_bin2bn(bytes_of(raw) + half, half, nullptr));
    const ecdsa_signature both(ECDSA_SIG_new());
    if (!r || !s || !both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) {
        throw std::bad_alloc();
    }
    // They are the signature's now.
    (void)r.release();
    (void)s.release();
    std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(both.get(), nullptr)), '\0');
    auto* to = reinterpret_cast<unsigned char*>(der.data());
    i2d_ECDSA_SIG(both.get(), &to);
    return der;
}

bool verify_public(algorithm a, EVP_PKEY* key, std::string_view text, std::string_view signature) {
    const evp_digest_context context(EVP_MD_CTX_new());
    if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest_of(a), nullptr, key) != 1) {
        throw std::bad_alloc();
    }
    const bool is_right =
        EVP_DigestVerify(
            context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()
        ) == 1;
    ERR_clear_error();  // a wrong signature leaves one in the thread's queue
    return is_right;
}

}  // namespace

verification_key verification_key::secret(std::string bytes) {
    return {algorithm::hs256, std::move(bytes), nullptr};
}

model::result<verification_key> verification_key::public_key(std::shared_ptr<EVP_PKEY> key) {
    const auto kind = kind_of(key.get());
    if (!kind) {
        return model::bad_request("must be a key of " + std::string(known_kinds));
    }
    return verification_key(*kind, {}, std::move(key));
}

model::result<verification_key> verification_key::from_pem(std::string_view text) {
    if (text.find("PRIVATE KEY-----") != std::string_view::npos) {
        return model::bad_request("holds a private key, which gim must not have to check tokens");
    }
    const memory_bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio) {
        throw std::bad_alloc();
    }
    std::shared_ptr<EVP_PKEY> key(
        PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free
    );
    ERR_clear_error();
    if (!key) {
        return model::bad_request("must be a public key in PEM (BEGIN PUBLIC KEY)");
    }
    return public_key(std::move(key));
}

bool verification_key::verify(std::string_view text, std::string_view signature) const {
    if (signs_ == algorithm::hs256) {
        return verify_hmac(secret_, text, signature);
    }
    if (signs_ == algorithm::es256) {
        const auto der = to_der(signature);
        return !der.empty() && verify_public(signs_, key_.get(), text, der);
    }
    return verify_public(signs_, key_.get(), text, signature);
}

}  // namespace gim::auth
