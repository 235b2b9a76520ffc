#pragma once

#include "api/query_reader.hpp"
#include "model/replies.hpp"
#include "node/connection_ref.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

namespace gim::api {

// What an endpoint is asked. The views live until it has answered.
struct question {
    node::caller who;
    std::string_view id;    // of the path
    std::string_view user;  // the same
    model::query_parameters query;
    std::string_view body;
    std::string_view trace;  // of --trace-header; empty: none
};

using future_reply = boost::asio::awaitable<model::result<model::reply>>;

}  // namespace gim::api
