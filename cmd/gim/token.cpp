#include "gim/token.hpp"

#include "auth/token_issuer.hpp"
#include "gim/auth_keys.hpp"
#include "program/flags/flag.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace gim::cmd {

namespace {

auth::signing_key key_of(const token_options& options) {
    if (!options.secret.empty()) {
        return auth::signing_key::secret(options.secret);
    }
    const char* const flag = "--auth-private-key";
    auto key = auth::signing_key::from_pem(read_key_file(flag, options.private_key));
    if (!key) {
        throw std::runtime_error(
            std::string(flag) + ": " + program::quoted(options.private_key) + ": " +
            key.error().message
        );
    }
    return *std::move(key);
}

}  // namespace

int token(const token_options& options) {
    using namespace std::chrono;
    const auto now = system_clock::now().time_since_epoch();
    const auth::token_issuer issuer(
        key_of(options), duration_cast<seconds>(options.ttl), options.kid, options.parties
    );
    auth::token_claims claims{options.user, options.name};
    if (!options.rooms.empty()) {
        claims.rooms = options.rooms;
    }
    const auto text = issuer.issue(claims, duration_cast<milliseconds>(now).count());
    std::printf("%s\n", text.c_str());
    return 0;
}

}  // namespace gim::cmd
