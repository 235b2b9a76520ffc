#include "api/connection.hpp"

#include "api/access_log.hpp"
#include "api/cors.hpp"
#include "net/chunked_body.hpp"
#include "net/end_gently.hpp"
#include "net/field_values.hpp"
#include "net/identify.hpp"
#include "net/read_head.hpp"
#include "net/secure.hpp"
#include "net/this_machine.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"
#include "observe/stats/log_limiter.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace gim::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

// A refused body is read up to this size, so that the connection stays; behind a larger one it
// ends.
constexpr std::size_t max_dropped_bytes = 64 * 1024;

using head_fields = decltype(net::http_head::request);

template <class Name>
std::optional<std::string_view> find_field(const head_fields& fields, const Name& name) {
    const auto it = fields.find(name);
    if (it == fields.end()) {
        return std::nullopt;
    }
    return it->value();
}

request to_request(const net::http_head& head, const net::peer& who, std::string_view trace) {
    const auto& fields = head.request;
    return {
        fields.method_string(),
        fields.target(),
        find_field(fields, http::field::authorization),
        find_field(fields, "X-API-Key"),
        find_field(fields, http::field::content_type),
        find_field(fields, http::field::content_encoding),
        head.has_body(),
        net::lists(fields, "Upgrade", "websocket"),
        find_field(fields, http::field::origin),
        find_field(fields, http::field::access_control_request_method),
        net::is_of_this_machine(who, fields),
        trace};
}

// RFC 9110, 10.1.1
bool expects_something(const net::http_head& head) {
    return head.request.version() >= 11 && head.request.count(http::field::expect) > 0;
}

bool expects_continue(const net::http_head& head) {
    return beast::iequals(head.request[http::field::expect], "100-continue");
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

answer failed(const request& r, const std::exception& e) {
    stats::log_failure(
        stats::failure::api_request, {}, "{} failed: {}", request_name(r.method, r.target), e.what()
    );
    return error_answer(500, "internal error");
}

persistence persistence_of(const head_fields& head) {
    if (!net::wants_to_keep(head)) {
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
    if (expects_something(*head) && !expects_continue(*head)) {
        const net::http_error why(417, "Expect: only 100-continue is understood");
        co_await refuse(why);
        co_return false;
    }
    co_return co_await answer_request(*head);
}

asio::awaitable<bool> connection::answer_request(const net::http_head& head) {
    const auto trace = find_trace(head.request, options_.trace_header);
    const auto asked = to_request(head, peer_, trace.value_or(""));
    auto decided = decide(asked);
    if (auto* const early = std::get_if<answer>(&decided)) {
        // A client that waits to hear that its body is wanted may send it or not.
        const bool is_dropped = !head.is_chunked && !expects_something(head) &&
                                head.content_length <= max_dropped_bytes;
        early->is_last = early->is_last || (head.has_body() && !is_dropped);
        const bool is_open = co_await write_answer(std::move(*early), head, asked, clock::now());
        if (!is_open) {
            co_return false;
        }
        co_return co_await drop_body(head.content_length);
    }
    const auto body = co_await read_body(head);
    if (!body) {
        co_return false;
    }
    const auto started = clock::now();
    const auto& allowed = std::get<permit>(decided);
    answering_ = true;
    auto a = co_await ask(allowed, asked, body->text);
    co_return co_await write_answer(std::move(a), head, asked, started);
}

std::variant<answer, permit> connection::decide(const request& asked) {
    try {
        return handler_.admit(asked);
    } catch (const std::exception& e) {
        return failed(asked, e);
    }
}

asio::awaitable<std::optional<connection::partial_body>> connection::read_body(
    const net::http_head& head
) {
    const auto length = static_cast<std::size_t>(head.content_length);
    const bool has_begun = head.is_chunked ? !received_.empty() : received_.size() >= length;
    if (expects_something(head) && !has_begun) {
        co_await write("HTTP/1.1 100 Continue\r\n\r\n", "");
    }
    home_.arm(deadline_, options_.body_timeout);
    if (head.is_chunked) {
        co_return co_await read_chunked_body();
    }
    co_return co_await read_sized_body(length);
}

asio::awaitable<std::optional<connection::partial_body>> connection::read_sized_body(
    std::size_t length
) {
    auto b = begin_body();
    for (;;) {
        const auto n = std::min(length - b.text.size(), received_.size());
        if (!make_room(b, n)) {
            co_await refuse_for_memory();
            co_return std::nullopt;
        }
        b.text.append(received_, 0, n);
        received_.erase(0, n);
        if (b.text.size() == length) {
            deadline_.cancel();
            co_return b;
        }
        const auto ec = co_await read_more();
        if (ec) {
            co_return std::nullopt;
        }
    }
}

asio::awaitable<std::optional<connection::partial_body>> connection::read_chunked_body() {
    net::chunked_body reader(options_.http.body_bytes, options_.http.head_bytes);
    auto b = begin_body();
    for (;;) {
        if (!make_room(b, received_.size())) {
            co_await refuse_for_memory();
            co_return std::nullopt;
        }
        const auto used = reader.feed(received_, b.text);
        if (!used) {
            co_await refuse(used.error());
            co_return std::nullopt;
        }
        received_.erase(0, *used);
        if (reader.is_complete()) {
            deadline_.cancel();
            co_return b;
        }
        const auto ec = co_await read_more();
        if (ec) {
            co_return std::nullopt;
        }
    }
}

connection::partial_body connection::begin_body() {
    return {{}, worker::memory_part::share(options_.unfinished)};
}

// The memory grows with what has come, not with what was announced.
bool connection::make_room(partial_body& b, std::size_t bytes) {
    const auto needed = b.text.size() + bytes;
    if (needed <= b.text.capacity()) {
        return true;
    }
    // The text doubles, so that a body in many pieces is not copied as many times.
    const auto capacity = std::max(needed, std::min(2 * b.text.size(), options_.http.body_bytes));
    const bool is_short = capacity <= worker::memory_part::short_bytes;
    const bool is_scarce = options_.memory != nullptr && options_.memory->is_past_mark();
    if ((is_scarce && !is_short) || !b.counted.try_resize(capacity)) {
        return false;
    }
    b.text.reserve(capacity);
    return true;
}

asio::awaitable<void> connection::refuse_for_memory() {
    note_no_memory();
    net::http_error why(503, "too many bodies and answers are on their way, try again");
    why.retry_after = 1;
    co_await refuse(why);
}

void connection::note_no_memory() {
    static stats::log_limiter lines;
    if (const auto held_back = lines.allow()) {
        spdlog::warn(
            "refused {}: bodies, answers and long messages have what --max-memory leaves them{}",
            peer_.address().to_string(),
            stats::held_back_text(*held_back)
        );
    }
    home_.counters().add(stats::event::refused_memory);
}

worker::memory_part::share connection::count_answer(answer& a, const request& asked) {
    worker::memory_part::share counted(options_.unfinished);
    // A request that changed something is not refused afterwards, and operators look for the cause.
    const bool only_reads = asked.method == "GET" || asked.method == "HEAD";
    const bool may_be_refused = only_reads && a.readers == audience::everyone &&
                                a.body.size() > worker::memory_part::short_bytes;
    if (may_be_refused && !counted.try_resize(a.body.capacity())) {
        note_no_memory();
        a = error_answer(503, "too many bodies and answers are on their way, try again");
        a.fields.emplace_back("Retry-After", "1");
    }
    counted.resize(a.body.capacity());
    return counted;
}

// Reads a body that nobody wants, without keeping it.
asio::awaitable<bool> connection::drop_body(std::uint64_t length) {
    if (length > 0) {
        home_.arm(deadline_, options_.body_timeout);
    }
    for (;;) {
        const auto n = std::min<std::uint64_t>(length, received_.size());
        received_.erase(0, n);
        length -= n;
        if (length == 0) {
            co_return true;
        }
        const auto ec = co_await read_more();
        if (ec) {
            co_return false;
        }
    }
}

asio::awaitable<bool> connection::write_answer(
    answer a,
    const net::http_head& head,
    const request& asked,
    clock::time_point started
) {
    answering_ = true;
    const auto counted = count_answer(a, asked);
    if (!asked.trace.empty()) {
        a.fields.emplace_back(options_.trace_header, asked.trace);
    }
    add_cors(a, asked.origin, options_.doors.origins, options_.trace_header);
    const bool is_last = closing_ || a.is_last || a.status == 500;
    const auto after = is_last ? persistence::close : persistence_of(head.request);
    const auto text = head_text(a, after);
    const auto content = asked.method == "HEAD" ? std::string_view{} : std::string_view(a.body);
    const auto ec = co_await write(text, content);
    answering_ = false;
    is_first_ = false;
    const auto elapsed = clock::now() - started;
    home_.counters().add(answer_event(a.status));
    home_.counters().observe(stats::distribution::http_request, elapsed);
    // Who sends a trace wants to find it; the other requests are for debugging.
    const auto level = asked.trace.empty() ? spdlog::level::debug : spdlog::level::info;
    if (spdlog::should_log(level)) {
        const auto trace =
            asked.trace.empty() ? std::nullopt : std::optional<std::string_view>(asked.trace);
        stats::log_line(
            level,
            {{"code", std::uint64_t{a.status}}, {"trace", asked.trace}},
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
asio::awaitable<answer> connection::ask(const permit& p, const request& r, std::string_view body) {
    std::optional<answer> a;
    try {
        a = co_await handler_.handle(p, r, body);
    } catch (const std::exception& e) {
        a = failed(r, e);
    }
    co_return *std::move(a);
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
    worker::memory_part::share counted(options_.unfinished);
    counted.resize(head.size());  // who gives a body has counted it
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
