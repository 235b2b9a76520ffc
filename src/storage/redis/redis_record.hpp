#pragma once

#include "model/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gim::storage {

// A message as Redis keeps and publishes it, readable with redis-cli:
//
//     SEQUENCE CREATED_AT ID SENDER STATUS NAME_BYTES CATEGORY_BYTES NAMECATEGORYCONTENT
//
// The two lengths tell where name and category end, which, like the content, may be any text.
// Sequence and time are put in front in Redis, where they are given out.

// All but the first two.
std::string to_redis_record(const model::message& m);
// Null for anything else: also where an id is none, a text is no UTF-8 or longer than it may be, or
// a number is none that Redis counts exactly. Bytes of Redis are not to be trusted.
model::message_ptr from_redis_record(std::string_view text);

// What a record has beside the content, at most.
inline constexpr std::size_t redis_record_overhead = 400;

}  // namespace gim::storage
