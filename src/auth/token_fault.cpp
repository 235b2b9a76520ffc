#include "auth/token_fault.hpp"

namespace gim::auth {

std::string_view describe(token_fault fault) noexcept {
    switch (fault) {
        case token_fault::too_long:
            return "longer than 4096 bytes";
        case token_fault::shape:
            return "not three parts with dots between them";
        case token_fault::base64:
            return "a part is not base64url";
        case token_fault::header:
            return "the header is not valid";
        case token_fault::critical:
            return "the header has crit";
        case token_fault::unknown_key:
            return "no key for its kid";
        case token_fault::wrong_algorithm:
            return "alg is not that of the key";
        case token_fault::signature:
            return "the signature is wrong";
        case token_fault::claims:
            return "the claims are not a JSON object";
        case token_fault::expiry:
            return "exp is missing or not a number of seconds";
        case token_fault::expired:
            return "expired";
        case token_fault::not_before:
            return "nbf is not a number of seconds";
        case token_fault::too_early:
            return "nbf has not come yet";
        case token_fault::subject:
            return "the claim of the user (sub, or --auth-user-claim) is missing, empty or no text";
        case token_fault::back_end:
            return "the user is system, which is for back ends";
        case token_fault::rooms:
            return "rooms is not a list of valid ids";
        case token_fault::issuer:
            return "iss is not that of --auth-issuer";
        case token_fault::audience:
            return "aud is not that of --auth-audience, and has it not among others";
    }
    return "unknown";
}

}  // namespace gim::auth
