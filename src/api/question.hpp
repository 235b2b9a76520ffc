#pragma once

#include "protocol/query_reader.hpp"
#include "protocol/replies.hpp"
#include "session/connection_ref.hpp"

#include <boost/asio/awaitable.hpp>

#include <string_view>

namespace gim::api {

// What an endpoint is asked. The views live until it has answered.
struct question {
    session::caller who;
    std::string_view id;    // of the path
    std::string_view user;  // the same
    protocol::query_parameters query;
    std::string_view body;
    std::string_view trace;  // of --trace-header; empty: none
};

using future_reply = boost::asio::awaitable<protocol::result<protocol::reply>>;

}  // namespace gim::api
