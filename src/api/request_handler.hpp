#pragma once

#include "api/admin_handler.hpp"
#include "api/answer.hpp"
#include "api/api_options.hpp"
#include "api/message_handler.hpp"
#include "api/node_handler.hpp"
#include "api/pprof_handler.hpp"
#include "api/query_reader.hpp"
#include "api/question.hpp"
#include "api/routes.hpp"
#include "api/trace_handler.hpp"
#include "auth/authority.hpp"
#include "auth/identity.hpp"
#include "net/query.hpp"
#include "observe/inspect/inspector.hpp"
#include "observe/metrics/collector.hpp"
#include "session/services.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <optional>
#include <string_view>
#include <variant>

namespace gim::api {

// The head of a request. The views live until it is answered.
struct request {
    std::string_view method;
    std::string_view target;
    std::optional<std::string_view> authorization;  // the field's value
    std::optional<std::string_view> api_key;        // X-API-Key
    std::optional<std::string_view> content_type;
    std::optional<std::string_view> content_encoding;
    bool has_body = false;
    bool wants_websocket = false;
    std::optional<std::string_view> origin;            // of the page whose browser asks
    std::optional<std::string_view> requested_method;  // what it would ask, if it may
    bool is_of_this_machine = false;                   // see net::is_of_this_machine
    std::string_view trace = {};                       // of --trace-header; empty: none
};

// What a head alone decides: that there is such a thing, and who asks for it.
struct permit {
    net::request_target target;
    route_match matched;                 // its views are of `target`
    std::optional<auth::identity> user;  // of the token; empty: a back end, an operator or anyone
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
        node::node& all,
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

    // Decides before the body is read whether the request is allowed. An answer: it is not, or
    // needs no more. Throws what the clock throws.
    std::variant<answer, permit> admit(const request& r) const;
    // Answers a request that is allowed. Returns, or throws what a service threw, on the worker on
    // which it was called; what is passed must live until then.
    boost::asio::awaitable<answer> handle(const permit& p, const request& r, std::string_view body);

private:
    answer answer_to_unmatched(
        const request& r,
        route_match matched,
        const net::request_target& target
    ) const;
    // 401 and 403 for those whom the route is not for. The user of the token, if it has one.
    model::result<std::optional<auth::identity>>
    admit_to(const route& to, const request& r, const net::query& query) const;
    answer serve_anyone(endpoint what, const net::query& query);
    boost::asio::awaitable<answer> serve_operators(const permit& p, std::string_view body);
    // 401 for whom the route is not for.
    model::result<void> admit_operator(const route& to, const request& r) const;
    boost::asio::awaitable<answer> inspect(const permit& p, std::string_view body);
    boost::asio::awaitable<model::result<node::caller>> caller_of(const permit& p);
    // Whether a back end asks; 401 for an API key that is none.
    model::result<node::standing> standing_of(const request& r) const;
    model::result<auth::identity> authenticate(const request& r, const net::query& query) const;
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
    node::node& all_;
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
