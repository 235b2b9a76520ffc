#pragma once

#include "api/answer.hpp"
#include "api/api_options.hpp"
#include "api/routes.hpp"
#include "auth/authority.hpp"
#include "net/query.hpp"
#include "protocol/query_reader.hpp"
#include "session/services.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <optional>
#include <string_view>

namespace gim::api {

// A whole request. The views live until it is answered.
struct request {
    std::string_view method;
    std::string_view target;
    std::optional<std::string_view> authorization;  // the field's value
    std::optional<std::string_view> content_type;
    std::string_view body;
};

// Answers requests: finds the route, checks the token, asks the services. Knows no sockets.
//
// Threads: any worker's.
class request_handler {
public:
    // What is borrowed must outlive the handler.
    request_handler(
        const api_options& options,
        session::services& services,
        const auth::authority& tokens,
        session::node& all
    )
        : options_(options), services_(services), tokens_(tokens), all_(all) {}

    // What GET /readyz says; not ready at first.
    void set_ready(bool ready) noexcept { ready_.store(ready); }

    // Returns, or throws what a service threw, on the worker on which it was called; `r` must live
    // until then.
    boost::asio::awaitable<answer> handle(const request& r);

private:
    using outcome = boost::asio::awaitable<protocol::result<protocol::reply>>;

    // What the endpoints are given.
    struct question {
        session::caller who;
        std::string_view id;  // of the path
        protocol::query_parameters query;
        std::string_view body;
    };

    answer serve_anyone(endpoint what) const;
    protocol::result<auth::identity> authenticate(const request& r, const net::query& query) const;
    outcome ask(endpoint what, const question& q);
    outcome history(const question& q);
    outcome sessions(const question& q);
    outcome user(const question& q);
    outcome rooms(const question& q);
    outcome room(const question& q);
    outcome members(const question& q);
    outcome send(const question& q);

    const api_options& options_;
    session::services& services_;
    const auth::authority& tokens_;
    session::node& all_;
    std::atomic<bool> ready_{false};
};

}  // namespace gim::api
