#pragma once

#include "auth/identity.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::ask {

// How much one answer may have.
inline constexpr std::size_t max_answer_head_bytes = 8 * 1024;
inline constexpr std::size_t max_answer_body_bytes = 16 * 1024;
// For how long an answer is kept at most, whatever it says.
inline constexpr std::chrono::hours longest_keep{24};

// What the service answered, in HTTP.
struct service_answer {
    unsigned status = 0;
    std::string cache_control = {};  // the field; of several, joined with commas
    std::string body = {};
};

// Why nobody was let in. All but `refused` are the service's faults, and a 503 for the client.
enum class answer_fault {
    refused,      // 401 or 403
    status,       // another one than those and 200
    json,         // the body is not one JSON object
    id,           // is missing, empty or no string
    back_end,     // the id is that of back ends
    rooms,        // no list of valid ids
    expires_in,   // no number of seconds from 1 to 100 years
    too_large,    // more than an answer may have
    not_http,     // or it ended in the middle
    unreachable,  // no connection, or it broke
    timed_out,
};

// In words, without anything of the answer.
std::string_view describe(answer_fault fault) noexcept;

template <class T>
using answer_result = boost::system::result<T, answer_fault>;

struct accepted {
    auth::identity who;
    std::chrono::milliseconds keep{0};  // for how long the same question need not be asked again
};

// Strict, but fields that gim does not know are left alone, whatever is in them. `now_ms`:
// milliseconds since 1970 (UTC).
answer_result<accepted> read_answer(const service_answer& answer, std::int64_t now_ms);

}  // namespace gim::ask
