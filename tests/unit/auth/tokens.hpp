#pragma once

#include "auth/base64url.hpp"
#include "auth/openssl.hpp"
#include "auth/signing_key.hpp"
#include "auth/token_fault.hpp"
#include "auth/verification_key.hpp"
#include "support/show_result.hpp"

#include <memory>
#include <openssl/pem.h>
#include <stdexcept>
#include <string>
#include <string_view>

template <class T>
struct doctest::StringMaker<gim::auth::token_result<T>> {
    static String convert(const gim::auth::token_result<T>& answer) {
        return answer ? "an answer" : std::string(describe(answer.error())).c_str();
    }
};

// Keys made at run time, and tokens of any text signed with them.
namespace gim::test {

inline constexpr std::int64_t now = 1'800'000'000'000;

class key_pair {
public:
    static const key_pair& rsa() {
        static const key_pair one(EVP_RSA_gen(2048));
        return one;
    }
    static const key_pair& p256() {
        static const key_pair one(EVP_EC_gen("P-256"));
        return one;
    }
    static const key_pair& ed25519() {
        static const key_pair one(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
        return one;
    }

    explicit key_pair(EVP_PKEY* made) : key_(made, &EVP_PKEY_free) {
        if (!key_) {
            throw std::runtime_error("no key");
        }
    }

    std::string public_pem() const {
        const auth::memory_bio bio(BIO_new(BIO_s_mem()));
        PEM_write_bio_PUBKEY(bio.get(), key_.get());
        return text_in(bio.get());
    }
    std::string private_pem() const {
        const auth::memory_bio bio(BIO_new(BIO_s_mem()));
        PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
        return text_in(bio.get());
    }
    auth::verification_key verifier() const {
        return *auth::verification_key::from_pem(public_pem());
    }
    auth::signing_key signer() const { return *auth::signing_key::from_pem(private_pem()); }
    EVP_PKEY* get() const { return key_.get(); }

private:
    static std::string text_in(BIO* bio) {
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(bio, &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }

    std::shared_ptr<EVP_PKEY> key_;
};

// The text that is signed.
inline std::string unsigned_token(std::string_view header, std::string_view claims) {
    return auth::to_base64url(header) + "." + auth::to_base64url(claims);
}

inline std::string
signed_token(const auth::signing_key& key, std::string_view header, std::string_view claims) {
    const auto text = unsigned_token(header, claims);
    return text + "." + auth::to_base64url(key.sign(text));
}

}  // namespace gim::test
