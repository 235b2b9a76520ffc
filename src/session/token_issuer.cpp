#include "session/token_issuer.hpp"

#include "protocol/ids.hpp"

#include <jwt.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <random>

namespace gim::session {
namespace {

using jwt_ptr = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

std::string random_secret() {
    std::random_device random;
    std::string secret(32, '\0');
    for (auto& c : secret) {
        c = static_cast<char>(random());
    }
    return secret;
}

const unsigned char* key_bytes(const std::string& secret) {
    return reinterpret_cast<const unsigned char*>(secret.data());
}

}  // namespace

token_issuer::token_issuer(std::string secret, std::chrono::seconds ttl)
    : secret_(secret.empty() ? random_secret() : std::move(secret)), ttl_(ttl) {}

std::string token_issuer::issue(const protocol::user& user, std::int64_t now_ms) const {
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) {
        throw std::bad_alloc();
    }
    const jwt_ptr token(raw, &jwt_free);
    const long now = static_cast<long>(now_ms / 1000);
    // libjwt fails here only when it is out of memory.
    if (jwt_add_grant(raw, "sub", user.id.c_str()) != 0 ||
        jwt_add_grant(raw, "name", user.name.c_str()) != 0 ||
        jwt_add_grant_int(raw, "iat", now) != 0 ||
        jwt_add_grant_int(raw, "exp", now + static_cast<long>(ttl_.count())) != 0 ||
        jwt_set_alg(raw, JWT_ALG_HS256, key_bytes(secret_), static_cast<int>(secret_.size())) !=
            0) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), &std::free);
    if (!text) {
        throw std::bad_alloc();
    }
    return text.get();
}

protocol::result<protocol::user> token_issuer::verify(const std::string& token, std::int64_t now_ms)
    const {
    const protocol::error refused{protocol::status::unauthorized, "token: not valid"};
    if (token.find('\0') != std::string::npos) {
        return refused;  // libjwt would see only what stands before it
    }
    jwt_t* raw = nullptr;
    const int failed =
        jwt_decode(&raw, token.c_str(), key_bytes(secret_), static_cast<int>(secret_.size()));
    const jwt_ptr decoded(raw, &jwt_free);
    if (failed != 0 || raw == nullptr || jwt_get_alg(raw) != JWT_ALG_HS256) {
        return refused;
    }
    const char* id = jwt_get_grant(raw, "sub");
    const char* name = jwt_get_grant(raw, "name");
    if (jwt_get_grant_int(raw, "exp") <= now_ms / 1000 || id == nullptr || name == nullptr ||
        !protocol::is_valid_id(id)) {
        return refused;
    }
    return protocol::user{id, name};
}

}  // namespace gim::session
