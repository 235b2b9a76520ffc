#pragma once

#include "api/admin_handler.hpp"
#include "api/answer.hpp"
#include "api/api_options.hpp"
#include "api/message_handler.hpp"
#include "api/node_handler.hpp"
#include "api/pprof_handler.hpp"
#include "api/question.hpp"
#include "api/routes.hpp"
#include "api/trace_handler.hpp"
#include "auth/authority.hpp"
#include "inspect/inspector.hpp"
#include "metrics/collector.hpp"
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
    std::optional<std::string_view> api_key;        // X-API-Key
    std::optional<std::string_view> content_type;
    std::string_view body;
    std::optional<std::string_view> origin;            // of the page whose browser asks
    std::optional<std::string_view> requested_method;  // what it would ask, if it may
    bool is_of_this_machine = false;                   // see net::is_of_this_machine
    std::string_view trace = {};                       // of --trace-header; empty: none
};

// Answers requests: finds the route, checks who asks, asks the services. Knows no sockets.
//
// Threads: any worker's.
class request_handler {
public:
    // What is borrowed must outlive the handler.
    request_handler(
        const api_options& options,
        session::services& services,
        const auth::authority& tokens,
        session::node& all,
        metrics::collector& metrics,
        inspect::inspector& inspector
    )
        : options_(options),
          services_(services),
          tokens_(tokens),
          all_(all),
          metrics_(metrics),
          inspector_(inspector),
          messages_(services, all),
          administration_(services, all),
          traces_(services, all),
          nodes_(services),
          pprof_(options.profiling, all, ready_) {}

    // What GET /readyz says; not ready at first.
    void set_ready(bool ready) noexcept { ready_.store(ready); }

    // Returns, or throws what a service threw, on the worker on which it was called; `r` must live
    // until then.
    boost::asio::awaitable<answer> handle(const request& r);

private:
    answer serve_anyone(endpoint what, const net::query& query);
    boost::asio::awaitable<answer>
    serve_operators(const route& to, const request& r, const net::query& query);
    // 401 for whom the route is not for.
    protocol::result<void> admit_operator(const route& to, const request& r) const;
    boost::asio::awaitable<answer>
    inspect(endpoint what, const request& r, const net::query& query);
    // Who asks; 401 and 403 for whom the route is not for.
    boost::asio::awaitable<protocol::result<session::caller>>
    admit(const route& to, const request& r, const net::query& query);
    // Whether a back end asks; 401 for an API key that is none.
    protocol::result<session::standing> standing_of(const request& r) const;
    protocol::result<auth::identity> authenticate(const request& r, const net::query& query) const;
    boost::asio::awaitable<answer> serve(endpoint what, const question& q);
    future_reply ask(endpoint what, const question& q);
    future_reply history(const question& q);
    future_reply sessions(const question& q);
    future_reply user(const question& q);
    future_reply rooms(const question& q);
    future_reply room(const question& q);
    future_reply members(const question& q);

    const api_options& options_;
    session::services& services_;
    const auth::authority& tokens_;
    session::node& all_;
    metrics::collector& metrics_;
    inspect::inspector& inspector_;
    message_handler messages_;
    admin_handler administration_;
    trace_handler traces_;
    node_handler nodes_;
    std::atomic<bool> ready_{false};
    pprof_handler pprof_;
};

}  // namespace gim::api
