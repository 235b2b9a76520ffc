#pragma once

#include "net/http_head.hpp"

#include <string_view>
#include <vector>

namespace gim::net {

// Every value of a field, in the order of the lines. They live as long as `head`.
std::vector<std::string_view>
values_of(const decltype(http_head::request)& head, std::string_view field);

// Whether a list of tokens, as Connection is, has this one. The lines of a field are one list
// (RFC 9110, 5.3), and tokens are compared without case.
bool lists(const decltype(http_head::request)& head, std::string_view field, std::string_view name);

// Whether the connection stays open after the answer, as far as the client says (RFC 9112, 9.3).
bool wants_to_keep(const decltype(http_head::request)& head);

}  // namespace gim::net
