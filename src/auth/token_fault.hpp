#pragma once

#include <boost/system/result.hpp>

#include <string_view>

namespace gim::auth {

// What is wrong with a token. Only the log hears it: a client that learned it could feel its way to
// a token that passes.
enum class token_fault {
    too_long,         // over max_token_bytes
    shape,            // not three parts with dots between them
    base64,           // a part is not base64url
    header,           // not a JSON object, or `alg` or `kid` is no string
    critical,         // the header demands what gim does not know (RFC 7515, 4.1.11)
    unknown_key,      // no key for its `kid`
    wrong_algorithm,  // `alg` is not that of the key
    signature,        // not made with the key
    claims,           // not a JSON object
    expiry,           // `exp` is missing, or no number of seconds up to the year 9999
    expired,
    not_before,  // `nbf` is no number of seconds
    too_early,   // before `nbf`
    subject,     // the claim of the user is missing, empty or no string
    back_end,    // it is the id of back ends
    rooms,       // `rooms` is no list of valid ids
    issuer,      // `iss` is missing, or not who it must be
    audience,    // `aud` is missing, or whom it must be for is not among it
};

// In words, without anything of the token.
std::string_view describe(token_fault fault) noexcept;

template <class T>
using token_result = boost::system::result<T, token_fault>;

}  // namespace gim::auth
