#include "auth/hmac.hpp"

#include "auth/openssl.hpp"

#include <array>
#include <new>
#include <openssl/hmac.h>

namespace gim::auth {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned length = 0;
    if (HMAC(
            EVP_sha256(),
            secret.data(),
            static_cast<int>(secret.size()),
            bytes_of(text),
            text.size(),
            out.data(),
            &length
        ) == nullptr) {
        throw std::bad_alloc();
    }
    return {out.begin(), out.begin() + length};
}

}  // namespace gim::auth
