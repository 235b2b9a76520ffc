#pragma once

#include "api/answer.hpp"
#include "api/query_reader.hpp"
#include "api/question.hpp"
#include "session/services.hpp"

#include <boost/asio/awaitable.hpp>

namespace gim::api {

// Which nodes there are, for back ends, and which of them a client is to connect to.
//
// Threads: any worker's.
class node_handler {
public:
    // Borrowed; must outlive the handler.
    explicit node_handler(session::services& services) : services_(services) {}

    // Returns on the worker on which it was called.
    boost::asio::awaitable<answer> list();
    answer route(model::query_parameters query);

private:
    session::services& services_;
};

}  // namespace gim::api
