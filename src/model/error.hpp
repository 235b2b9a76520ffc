#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <string>
#include <utility>

namespace gim::model {

// The code of a reply: 0, or a number with the meaning that HTTP gives it (RFC 9110, 15.5
// and 15.6).
enum class status : int {
    ok = 0,
    bad_request = 400,         // malformed, missing or wrong-typed field; the message names it
    unauthorized = 401,        // not logged in, or no valid token
    forbidden = 403,           // not a member or party, or not allowed by the token
    not_found = 404,           // no such user, room, op or path
    method_not_allowed = 405,  // HTTP only
    conflict = 409,            // not possible in this state, e.g. logged in as someone else
    too_large = 413,           // content or body over its limit
    too_many = 429,            // over a quota; the message names it
    internal = 500,            // a bug of ours
    unavailable = 503,         // the store refused; try again
};

// An expected failure, as the client is told. `message` begins with the field at fault: "id:
// missing".
struct error {
    status code = status::internal;
    std::string message;
    std::chrono::seconds retry_after{0};  // for 429: when to try again; 0: nobody knows
};

template <class T>
using result = boost::system::result<T, error>;

inline error bad_request(std::string message) {
    return {status::bad_request, std::move(message)};
}
inline error not_found(std::string message) {
    return {status::not_found, std::move(message)};
}
inline error forbidden(std::string message) {
    return {status::forbidden, std::move(message)};
}

}  // namespace gim::model
