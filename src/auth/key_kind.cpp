#include "auth/key_kind.hpp"

#include <array>
#include <openssl/evp.h>

namespace gim::auth {

namespace {

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 80> name{};
    std::size_t length = 0;
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) == 1 &&
           std::string_view(name.data(), length) == "prime256v1";
}

}  // namespace

std::optional<algorithm> kind_of(const EVP_PKEY* key) {
    // Larger keys make a stranger's token cost milliseconds.
    constexpr int least_rsa_bits = 2048;
    constexpr int most_rsa_bits = 8192;
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA: {
            const int bits = EVP_PKEY_get_bits(key);
            if (bits < least_rsa_bits || bits > most_rsa_bits) {
                return std::nullopt;
            }
            return algorithm::rs256;
        }
        case EVP_PKEY_EC:
            return is_p256(key) ? std::optional(algorithm::es256) : std::nullopt;
        case EVP_PKEY_ED25519:
            return algorithm::eddsa;
        default:
            return std::nullopt;
    }
}

const EVP_MD* digest_of(algorithm a) {
    return a == algorithm::eddsa ? nullptr : EVP_sha256();
}

}  // namespace gim::auth
