#include "api/connection.hpp"

#include "api/access_log.hpp"
#include "api/cors.hpp"
#include "net/end_gently.hpp"
#include "net/identify.hpp"
#include "net/read_head.hpp"
#include "net/secure.hpp"
#include "net/this_machine.hpp"
#include "stats/counters.hpp"
#include "stats/log_failure.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <exception>
#include <utility>

namespace gim::api {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using clock = std::chrono::steady_clock;
using head_fields = decltype(net::http_head::request);

template <class Name>
std::optional<std::string_view> find_field(const head_fields& fields, const Name& name) {
    const auto it = fields.find(name);
    if (it == fields.end()) {
        return std::nullopt;
    }
    return it->value();
}

request to_request(
    const head_fields& head,
    std::string_view body,
    const net::peer& who,
    std::string_view trace
) {
    return {
        head.method_string(),
        head.target(),
        find_field(head, http::field::authorization),
        find_field(head, "X-API-Key"),
        find_field(head, http::field::content_type),
        body,
        find_field(head, http::field::origin),
        find_field(head, http::field::access_control_request_method),
        net::is_of_this_machine(who, head),
        trace};
}

std::optional<std::string_view> find_trace(const head_fields& head, const std::string& name) {
    const auto value = name.empty() ? std::nullopt : find_field(head, name);
    return value ? trace_value(*value) : std::nullopt;
}

stats::event answer_event(unsigned status) noexcept {
    if (status >= 500) {
        return stats::event::http_5xx;
    }
    return status >= 400 ? stats::event::http_4xx : stats::event::http_2xx;
}

persistence persistence_of(const head_fields& head) {
    if (!head.keep_alive()) {  // RFC 9112, 9.3
        return persistence::close;
    }
    return head.version() >= 11 ? persistence::keep : persistence::keep_and_say;
}

}  // namespace

connection::connection(
    worker::worker& home,
    net::arrival arrived,
    const api_options& options,
    request_handler& handler
)
    : home_(home),
      socket_(std::move(arrived.socket)),
      peer_(std::move(arrived.who)),
      options_(options),
      handler_(handler),
      deadline_([this] { abort(); }) {}

asio::awaitable<void> connection::run() {
    try {
        co_await serve();
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::api_connection, {}, "api connection: {}", e.what());
    }
    co_await worker::hop(home_);  // an exception is caught on the worker on which it was thrown
    deadline_.cancel();
    abort();
}

asio::awaitable<void> connection::serve() {
    home_.arm(deadline_, options_.head_timeout);
    bool is_open =
        co_await net::read_proxy_header(socket_, peer_, options_.doors, home_.counters());
    if (is_open && options_.tls != nullptr) {
        const auto ec = co_await net::secure(socket_, *options_.tls, received_, home_.counters());
        is_open = !ec;
    }
    while (is_open) {
        is_open = co_await serve_next();
    }
    home_.arm(deadline_, options_.close_timeout);
    co_await net::end_gently(socket_);
}

asio::awaitable<bool> connection::serve_next() {
    const bool is_first = is_first_;
    if (!is_first) {
        home_.arm(deadline_, options_.idle_timeout);
    }
    if (received_.empty()) {
        const auto ec = co_await read_more();
        if (ec) {
            co_return false;
        }
    }
    if (!is_first) {
        home_.arm(deadline_, options_.head_timeout);
    }
    const auto outcome = co_await net::read_head(socket_, received_, options_.http);
    if (const auto* refused = std::get_if<net::http_error>(&outcome)) {
        co_await refuse(*refused);
        co_return false;
    }
    const auto* head = std::get_if<net::http_head>(&outcome);
    if (head == nullptr) {
        co_return false;
    }
    const auto& doors = options_.doors;
    if (const auto why = net::identify(peer_, head->request, doors, home_.counters())) {
        co_await refuse(*why);
        co_return false;
    }
    const auto body = co_await read_body(*head);
    if (!body) {
        co_return false;
    }
    const bool is_open = co_await answer_request(head->request, *body);
    is_first_ = false;
    co_return is_open;
}

asio::awaitable<std::optional<std::string>> connection::read_body(const net::http_head& head) {
    const auto length = static_cast<std::size_t>(head.content_length);
    // RFC 9110, 10.1.1: the client waits to hear that its body is wanted.
    const auto expected = find_field(head.request, http::field::expect);
    if (expected && head.request.version() >= 11) {
        if (!boost::beast::iequals(*expected, "100-continue")) {
            const net::http_error why(417, "Expect: only 100-continue is understood");
            co_await refuse(why);
            co_return std::nullopt;
        }
        if (received_.size() < length) {
            co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
        }
    }
    home_.arm(deadline_, options_.body_timeout);
    // The buffer grows with what has come, not with what was announced.
    while (received_.size() < length) {
        const auto ec = co_await read_more();
        if (ec) {
            co_return std::nullopt;
        }
    }
    deadline_.cancel();
    // The body takes the buffer along, so that an idle connection does not hold one of that size.
    std::string rest = received_.substr(length);
    std::string body = std::exchange(received_, std::move(rest));
    body.resize(length);
    co_return body;
}

asio::awaitable<bool> connection::answer_request(const head_fields& head, std::string_view body) {
    const auto started = clock::now();
    const auto trace = find_trace(head, options_.trace_header);
    const auto asked = to_request(head, body, peer_, trace.value_or(""));
    answering_ = true;
    auto a = co_await ask(asked);
    if (trace) {
        a.fields.emplace_back(options_.trace_header, *trace);
    }
    const auto origin = find_field(head, http::field::origin);
    add_cors(a, origin, options_.doors.origins, options_.trace_header);
    const bool is_last = closing_ || a.is_last || a.status == 500;
    const auto after = is_last ? persistence::close : persistence_of(head);
    const auto text = head_text(a, after);
    const auto content = asked.method == "HEAD" ? std::string_view{} : std::string_view(a.body);
    const auto ec = co_await write(text, content);
    answering_ = false;
    const auto elapsed = clock::now() - started;
    home_.counters().add(answer_event(a.status));
    home_.counters().observe(stats::distribution::http_request, elapsed);
    // Who sends a trace wants to find it; the other requests are for debugging.
    const auto level = trace ? spdlog::level::info : spdlog::level::debug;
    if (spdlog::should_log(level)) {
        stats::log_line(
            level,
            {{"code", std::uint64_t{a.status}}, {"trace", trace.value_or("")}},
            "{}",
            access_line(asked.method, asked.target, a.status, trace, elapsed)
        );
    }
    co_return !ec && after != persistence::close && !closing_;
}

asio::awaitable<connection::error_code> connection::read_more() {
    std::array<char, 4096> chunk;
    const auto space = asio::buffer(chunk);
    auto [ec, n] = co_await socket_.async_read_some(space, net::use_ec);
    received_.append(chunk.data(), n);
    co_return ec;
}

// A handler's exception is this request's alone.
asio::awaitable<answer> connection::ask(const request& r) {
    std::optional<answer> a;
    try {
        a = co_await handler_.handle(r);
    } catch (const std::exception& e) {
        stats::log_failure(
            stats::failure::api_request,
            {},
            "{} failed: {}",
            request_name(r.method, r.target),
            e.what()
        );
    }
    co_return a ? *std::move(a) : error_answer(500, "internal error");
}

// Where the next request would begin is not known, so the answer to a refused one is the last.
asio::awaitable<void> connection::refuse(const net::http_error& why) {
    spdlog::debug("api: refused with {}: {}", why.status, why.message);
    answering_ = true;
    home_.counters().add(answer_event(why.status));
    const auto text = refusal_text(why);
    co_await write(text, "");
    answering_ = false;
}

asio::awaitable<connection::error_code>
connection::write(std::string_view head, std::string_view body) {
    home_.arm(deadline_, options_.write_timeout);
    const std::array parts{
        asio::const_buffer(head.data(), head.size()), asio::const_buffer(body.data(), body.size())};
    auto [ec, n] = co_await asio::async_write(socket_, parts, net::use_ec);
    (void)n;
    co_return ec;
}

void connection::close(unasked what) {
    closing_ = true;
    const bool is_awaited = is_first_ && what == unasked::gets_one_answer;
    if (!answering_ && !is_awaited) {
        abort();
    }
}

void connection::abort() noexcept {
    socket_.close();
}

}  // namespace gim::api
