#pragma once

#include "model/error.hpp"
#include "model/query_source.hpp"
#include "model/request_rules.hpp"
#include "model/requests.hpp"

#include <string_view>

// The requests that the HTTP API takes from a path and the query of its URL, judged by the same
// rules and refused with the same words as in frames.
namespace gim::api {

// before, after, from, to, limit
model::result<model::history_request>
history_from_query(std::string_view session_id, model::query_parameters parameters);

// after, limit
model::result<model::sessions_request> sessions_from_query(model::query_parameters parameters);
model::result<model::members_request>
members_from_query(std::string_view room, model::query_parameters parameters);
model::result<model::rooms_query> rooms_from_query(model::query_parameters parameters);

}  // namespace gim::api
