#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gim::net {

// A time as HTTP writes it (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
// REQUIRES: a year of four digits.
std::string http_date(std::chrono::sys_seconds when);

// The field line of the current time, "Date: ...\r\n", as every answer has it (RFC 9110, 6.6.1).
// It is formatted once a second and thread. The view is valid until the thread's next call.
std::string_view date_field();

}  // namespace gim::net
