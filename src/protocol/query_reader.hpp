#pragma once

#include "protocol/error.hpp"
#include "protocol/query_source.hpp"
#include "protocol/request_rules.hpp"
#include "protocol/requests.hpp"

#include <string_view>

// The requests that the HTTP API takes from a path and the query of its URL, judged by the same
// rules and refused with the same words as in frames.
namespace gim::protocol {

// before, after, from, to, limit
result<history_request>
history_from_query(std::string_view session_id, query_parameters parameters);

// after, limit
result<sessions_request> sessions_from_query(query_parameters parameters);
result<members_request> members_from_query(std::string_view room, query_parameters parameters);
result<rooms_query> rooms_from_query(query_parameters parameters);

}  // namespace gim::protocol
