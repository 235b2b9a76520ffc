#include "auth/signing_key.hpp"

#include "auth/hmac.hpp"
#include "auth/key_kind.hpp"
#include "auth/openssl.hpp"

#include <new>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdexcept>
#include <utility>

namespace gim::auth {

namespace {

std::string sign_private(algorithm a, EVP_PKEY* key, std::string_view text) {
    const evp_digest_context context(EVP_MD_CTX_new());
    std::size_t length = 0;
    if (!context || EVP_DigestSignInit(context.get(), nullptr, digest_of(a), nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &length, bytes_of(text), text.size()) != 1) {
        throw std::runtime_error("cannot sign");
    }
    std::string signature(length, '\0');
    auto* to = reinterpret_cast<unsigned char*>(signature.data());
    if (EVP_DigestSign(context.get(), to, &length, bytes_of(text), text.size()) != 1) {
        throw std::runtime_error("cannot sign");
    }
    signature.resize(length);
    return signature;
}

// The two numbers of an ES256 signature in 32 bytes each.
std::string from_der(std::string_view der) {
    const auto* from = bytes_of(der);
    const ecdsa_signature both(d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(der.size())));
    if (!both) {
        throw std::bad_alloc();
    }
    std::string raw(es256_signature_bytes, '\0');
    auto* to = reinterpret_cast<unsigned char*>(raw.data());
    constexpr int half = es256_number_bytes;
    BN_bn2binpad(ECDSA_SIG_get0_r(both.get()), to, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(both.get()), to + half, half);
    return raw;
}

// Without this OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

}  // namespace

std::string random_secret() {
    std::string secret(32, '\0');
    auto* to = reinterpret_cast<unsigned char*>(secret.data());
    if (RAND_bytes(to, static_cast<int>(secret.size())) != 1) {
        throw std::runtime_error("no random bytes");
    }
    return secret;
}

signing_key signing_key::secret(std::string bytes) {
    return {algorithm::hs256, std::move(bytes), nullptr};
}

model::result<signing_key> signing_key::from_pem(std::string_view text) {
    const memory_bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!bio) {
        throw std::bad_alloc();
    }
    std::shared_ptr<EVP_PKEY> key(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, &no_passphrase, nullptr), &EVP_PKEY_free
    );
    ERR_clear_error();
    if (!key) {
        return model::bad_request("must be a private key in PEM without a passphrase");
    }
    const auto kind = kind_of(key.get());
    if (!kind) {
        return model::bad_request("must be a key of " + std::string(known_kinds));
    }
    return signing_key(*kind, {}, std::move(key));
}

std::string signing_key::sign(std::string_view text) const {
    switch (signs_) {
        case algorithm::hs256:
            return hmac_sha256(secret_, text);
        case algorithm::es256:
            return from_der(sign_private(signs_, key_.get(), text));
        case algorithm::rs256:
        case algorithm::eddsa:
            break;
    }
    return sign_private(signs_, key_.get(), text);
}

}  // namespace gim::auth
