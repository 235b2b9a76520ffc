#include "api/request_handler.hpp"

#include "api/cors.hpp"
#include "api/openapi.hpp"
#include "api/query_reader.hpp"
#include "dialects/gim/codec.hpp"
#include "json/json_writer.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"

#include <boost/beast/core/string.hpp>

#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace gim::api {

namespace beast = boost::beast;
using model::reply;
using model::result;

namespace {

// RFC 9110, 11.4: the scheme in any case, then spaces. Empty if it is something else.
std::string_view bearer_token(std::string_view authorization) {
    constexpr std::string_view scheme = "Bearer ";
    if (!beast::iequals(authorization.substr(0, scheme.size()), scheme)) {
        return {};
    }
    const auto begin = authorization.find_first_not_of(' ', scheme.size());
    return begin == std::string_view::npos ? std::string_view{} : authorization.substr(begin);
}

// RFC 9110, 8.3.1: parameters, such as a charset, do not change what JSON is.
bool is_json(std::string_view content_type) {
    auto type = content_type.substr(0, content_type.find(';'));
    type = type.substr(0, type.find_last_not_of(" \t") + 1);
    return beast::iequals(type, "application/json");
}

bool is_preflight(const request& r, const api_options& options) {
    return r.method == "OPTIONS" && r.origin && r.requested_method &&
           options.doors.origins.is_said();
}

// 415, if the server cannot read the body.
std::optional<answer> objection_to_content(const route& to, const request& r) {
    const bool wants_json = to.method == "POST" && !is_for_operators(to);
    if (wants_json && r.content_type && !is_json(*r.content_type)) {
        return error_answer(415, "Content-Type: must be application/json");
    }
    if (r.has_body && r.content_encoding && !beast::iequals(*r.content_encoding, "identity")) {
        auto a = error_answer(415, "Content-Encoding: must be absent, send the body as it is");
        a.fields.emplace_back("Accept-Encoding", "identity");  // RFC 9110, 15.5.16
        return a;
    }
    return std::nullopt;
}

// Where to go from a path that is none.
std::string direction(const request& r, const net::request_target& target) {
    constexpr std::string_view gateway =
        "WebSockets are at the gateway, on port 8080 unless --gateway-address says otherwise";
    if (r.wants_websocket) {
        return "this is the HTTP API; " + std::string(gateway);
    }
    if (target.path == "/") {
        return "this is the HTTP API, which /openapi.yaml describes; " + std::string(gateway);
    }
    auto segments = std::span(target.segments);
    if (!segments.empty() && segments.back().empty()) {
        segments = segments.first(segments.size() - 1);
        if (match(r.method, segments).of_path != nullptr) {
            return "there is one without the slash at the end";
        }
    }
    return "there is nothing here";
}

audience readers_of(const route& to) noexcept {
    return is_for_operators(to) ? audience::no_page : audience::everyone;
}

answer method_not_allowed(std::string allow) {
    auto a = error_answer(405, "method: this path takes " + allow);
    a.fields.emplace_back("Allow", std::move(allow));
    return a;
}

// Of one who may not ask that.
answer refused(const model::error& why) {
    auto a = to_answer(why);
    if (why.code == model::status::unauthorized) {
        a.fields.emplace_back("WWW-Authenticate", "Bearer");  // RFC 6750, 3
    }
    return a;
}

node::caller back_end() {
    const std::string system(model::system_user_id);
    return {{system, system}, std::nullopt, {}, node::standing::back_end};
}

}  // namespace

std::variant<answer, permit> request_handler::admit(const request& r) const {
    auto target = net::parse_target(r.target);
    if (!target) {
        return to_answer(target.error());
    }
    auto matched = match(r.method, target->segments);
    if (matched.found == nullptr) {
        return answer_to_unmatched(r, std::move(matched), *target);
    }
    const auto& to = *matched.found;
    auto user = admit_to(to, r, target->parameters);
    auto refusal = user ? objection_to_content(to, r) : std::optional(refused(user.error()));
    if (refusal) {
        refusal->readers = readers_of(to);
        return *std::move(refusal);
    }
    return permit{*std::move(target), std::move(matched), *std::move(user)};
}

answer request_handler::answer_to_unmatched(
    const request& r,
    route_match matched,
    const net::request_target& target
) const {
    if (matched.of_path == nullptr) {
        return error_answer(404, "path: " + direction(r, target));
    }
    const auto readers = readers_of(*matched.of_path);
    if (readers == audience::everyone && is_preflight(r, options_)) {
        return preflight_answer(*r.origin, options_.doors.origins, matched.allow);
    }
    auto a = method_not_allowed(std::move(matched.allow));
    a.readers = readers;
    return a;
}

result<std::optional<auth::identity>>
request_handler::admit_to(const route& to, const request& r, const net::query& query) const {
    if (to.who == access::anyone) {
        return std::nullopt;
    }
    if (is_for_operators(to)) {
        if (auto admitted = admit_operator(to, r); !admitted) {
            return admitted.error();
        }
        return std::nullopt;
    }
    auto& counters = all_.here().thread.counters();
    const auto stands = standing_of(r);
    if (!stands) {
        counters.add(stats::event::api_key_refused);
        return stands.error();
    }
    if (*stands == node::standing::back_end) {
        if (to.who == access::user) {
            return model::forbidden("X-API-Key: this is for users, with a token");
        }
        return std::nullopt;
    }
    auto proven = authenticate(r, query);
    if (!proven) {
        counters.add(stats::event::token_refused);
        return proven.error();
    }
    if (to.who == access::back_end) {
        return model::forbidden("token: this is for back ends, with an API key");
    }
    return std::optional(*std::move(proven));
}

boost::asio::awaitable<answer>
request_handler::handle(const permit& p, const request& r, std::string_view body) {
    const auto& to = *p.matched.found;
    if (to.who == access::anyone) {
        co_return serve_anyone(to.what, p.target.parameters);
    }
    if (is_for_operators(to)) {
        auto a = co_await serve_operators(p, body);
        a.readers = readers_of(to);
        co_return a;
    }
    auto who = co_await caller_of(p);
    if (!who) {
        co_return refused(who.error());
    }
    const question q{
        *std::move(who), p.matched.id, p.matched.user, p.target.parameters.items(), body, r.trace};
    co_return co_await serve(to.what, q);
}

boost::asio::awaitable<answer> request_handler::serve(endpoint what, const question& q) {
    switch (what) {
        case endpoint::trace_list:
            co_return traces_.list();
        case endpoint::trace_show:
            co_return traces_.show(q);
        case endpoint::trace_start:
            co_return co_await traces_.start(q);
        case endpoint::trace_stop:
            co_return co_await traces_.stop(q);
        case endpoint::nodes:
            co_return co_await nodes_.list();
        default:
            break;
    }
    const auto replied = co_await ask(what, q);
    auto a = to_answer(replied);
    // Another process is about to answer.
    a.is_last = all_.here().changes.is_shut();
    co_return a;
}

answer request_handler::serve_anyone(endpoint what, const net::query& query) {
    if (what == endpoint::route) {
        return nodes_.route(query.items());
    }
    if (what == endpoint::version) {
        using json::operator""_json;
        base::text_buffer data;
        json::json_writer<json::json_level::plain> to(data);
        to.text(R"({"version":)"_json, options_.version).raw("}"_json);
        return data_answer(std::string(data.view()));
    }
    if (what == endpoint::openapi) {
        answer a;
        a.content_type = "application/yaml";
        a.body = openapi_yaml;
        return a;
    }
    if (what == endpoint::readiness && !ready_.load()) {
        return error_answer(503, "shutting down");
    }
    return data_answer(
        what == endpoint::readiness ? R"({"status":"ready"})" : R"({"status":"ok"})"
    );
}

// What only tells how the server is: no user's business, and nothing that could be done with it.
boost::asio::awaitable<answer>
request_handler::serve_operators(const permit& p, std::string_view body) {
    if (p.matched.found->what != endpoint::metrics) {
        co_return co_await inspect(p, body);
    }
    answer a;
    a.content_type = metrics::content_type;
    a.body = co_await metrics_.scrape();
    co_return a;
}

result<void> request_handler::admit_operator(const route& to, const request& r) const {
    using model::error;
    using model::status;
    const auto bearer = r.authorization ? bearer_token(*r.authorization) : std::string_view{};
    if (options_.metrics_keys.find(r.api_key.value_or(bearer))) {
        if (to.who == access::operators) {
            return {};
        }
        return error{status::unauthorized, "X-API-Key: a key for the metrics opens only those"};
    }
    const auto stands = standing_of(r);
    if (!stands) {
        all_.here().thread.counters().add(stats::event::api_key_refused);
        return stands.error();
    }
    if (*stands != node::standing::back_end && !r.is_of_this_machine) {
        return error{
            status::unauthorized,
            "X-API-Key: only who is on the server's machine, is no page in a browser, and asks by "
            "an "
            "address or as localhost, may ask this without one"};
    }
    return {};
}

boost::asio::awaitable<answer> request_handler::inspect(const permit& p, std::string_view body) {
    const auto what = p.matched.found->what;
    const auto& query = p.target.parameters;
    std::string data;
    if (what == endpoint::debug_connections) {
        const auto asked = inspect::connections_from_query(query.items());
        if (!asked) {
            co_return refused(asked.error());
        }
        data = co_await inspector_.connections(*asked);
    } else if (what == endpoint::debug_rooms) {
        const auto asked = inspect::rooms_from_query(query.items());
        if (!asked) {
            co_return refused(asked.error());
        }
        data = co_await inspector_.rooms(*asked);
    } else if (what == endpoint::debug_workers) {
        data = co_await inspector_.workers();
    } else {
        co_return co_await pprof_.serve(what, query.items(), body);
    }
    co_return data_answer(data);
}

boost::asio::awaitable<result<node::caller>> request_handler::caller_of(const permit& p) {
    if (!p.user) {
        co_return back_end();
    }
    auto user = co_await services_.users.named(*p.user);
    if (!user) {
        co_return user.error();
    }
    co_return node::caller{*std::move(user), std::nullopt, p.user->rooms};
}

// A back end may give its key in either field, but not in the URL, which others write down.
result<node::standing> request_handler::standing_of(const request& r) const {
    using node::standing;
    if (r.api_key) {
        if (options_.keys.find(*r.api_key)) {
            return standing::back_end;
        }
        return model::error{model::status::unauthorized, "X-API-Key: not valid"};
    }
    if (r.authorization && options_.keys.find(bearer_token(*r.authorization))) {
        return standing::back_end;
    }
    return standing::user;
}

result<auth::identity> request_handler::authenticate(const request& r, const net::query& query)
    const {
    const auto token = r.authorization ? bearer_token(*r.authorization)
                                       : query.find("token").value_or(std::string_view{});
    if (token.empty()) {
        return model::error{model::status::unauthorized, "token: missing"};
    }
    return tokens_.verify(token, all_.now_ms());
}

future_reply request_handler::ask(endpoint what, const question& q) {
    switch (what) {
        case endpoint::history:
            return history(q);
        case endpoint::sessions:
            return sessions(q);
        case endpoint::user:
            return user(q);
        case endpoint::rooms:
            return rooms(q);
        case endpoint::room:
            return room(q);
        case endpoint::members:
            return members(q);
        case endpoint::send:
            return messages_.send(q);
        case endpoint::send_many:
            return messages_.send_many(q);
        case endpoint::create_room:
            return administration_.create_room(q);
        case endpoint::dismiss_room:
            return administration_.dismiss_room(q);
        case endpoint::add_member:
            return administration_.add_member(q);
        case endpoint::remove_member:
            return administration_.remove_member(q);
        case endpoint::disconnect:
            return administration_.disconnect(q);
        case endpoint::counters:
            return administration_.counters();
        case endpoint::nodes:
        case endpoint::trace_list:
        case endpoint::trace_start:
        case endpoint::trace_stop:
        case endpoint::trace_show:
        case endpoint::metrics:
        case endpoint::debug_connections:
        case endpoint::debug_rooms:
        case endpoint::debug_workers:
        case endpoint::pprof_profile:
        case endpoint::pprof_heap:
        case endpoint::pprof_cmdline:
        case endpoint::pprof_symbol:
        case endpoint::pprof_symbols:
        case endpoint::route:
        case endpoint::health:
        case endpoint::readiness:
        case endpoint::version:
        case endpoint::openapi:
            break;
    }
    throw std::logic_error("an endpoint that is answered elsewhere has come to the services");
}

future_reply request_handler::history(const question& q) {
    const auto asked = api::history_from_query(q.id, q.query);
    if (!asked) {
        co_return asked.error();
    }
    auto found = co_await services_.histories.history(q.who, *asked);
    co_return model::to_reply(std::move(found));
}

future_reply request_handler::sessions(const question& q) {
    const auto asked = api::sessions_from_query(q.query);
    if (!asked) {
        co_return asked.error();
    }
    auto found = co_await services_.sessions.sessions(q.who, *asked);
    co_return model::to_reply(std::move(found));
}

future_reply request_handler::user(const question& q) {
    if (auto problem = model::check_id("id", q.id)) {
        co_return *std::move(problem);
    }
    auto found = co_await services_.users.find(q.id);
    co_return model::to_reply(std::move(found));
}

future_reply request_handler::rooms(const question& q) {
    const auto asked = api::rooms_from_query(q.query);
    if (!asked) {
        co_return asked.error();
    }
    const auto after = asked->after.value_or("");
    auto found = co_await services_.rooms.list(after, asked->limit);
    co_return model::to_reply(std::move(found));
}

future_reply request_handler::room(const question& q) {
    if (auto problem = model::check_id("id", q.id)) {
        co_return *std::move(problem);
    }
    auto found = co_await services_.rooms.find(q.id);
    co_return model::to_reply(std::move(found));
}

future_reply request_handler::members(const question& q) {
    const auto asked = api::members_from_query(q.id, q.query);
    if (!asked) {
        co_return asked.error();
    }
    auto found = co_await services_.rooms.members(q.who, *asked);
    co_return model::to_reply(std::move(found));
}

}  // namespace gim::api
