#include "api/trace_handler.hpp"

#include "json/json_writer.hpp"
#include "model/query_source.hpp"
#include "model/request_rules.hpp"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gim::api {

namespace {

using namespace std::chrono_literals;
using json::operator""_json;
using json = json::json_writer<json::json_level::plain>;

constexpr std::optional<std::chrono::seconds> default_duration = 10min;

// "90s", "10m" or "1h", 1 s to 24 h; empty for anything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    int count = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, ec] = std::from_chars(text.data(), end, count);
    if (ec != std::errc() || at + 1 != end || count < 1 || count > 24 * 3600) {
        return std::nullopt;
    }
    const std::chrono::seconds unit = *at == 's' ? 1s : *at == 'm' ? 60s : *at == 'h' ? 3600s : 0s;
    const auto all = count * unit;
    return all >= 1s && all <= 24h ? std::optional(all) : std::nullopt;
}

}  // namespace

boost::asio::awaitable<answer> trace_handler::start(const question& q) {
    if (auto problem = model::check_id("id", q.id)) {
        co_return to_answer(*std::move(problem));
    }
    model::query_source query(q.query);
    const auto text = query.text("for");
    if (query.failure()) {
        co_return to_answer(*query.failure());
    }
    const auto lasting = text ? parse_duration(*text) : default_duration;
    if (!lasting) {
        co_return error_answer(400, "for: must be a time such as 90s, 10m or 1h, at most 24h");
    }
    const auto started = co_await services_.traces.start(q.id, *lasting);
    co_return describe(started);
}

boost::asio::awaitable<answer> trace_handler::stop(const question& q) {
    const auto stopped = co_await services_.traces.stop(q.id);
    co_return describe(stopped);
}

answer trace_handler::show(const question& q) const {
    return describe(services_.traces.find(q.id));
}

answer trace_handler::list() const {
    base::text_buffer to;
    json out(to);
    out.list("{\"items\":"_json, services_.traces.list(), [&](const traced& t) { write(t, to); });
    out.raw("}"_json);
    return data_answer(to.view());
}

answer trace_handler::describe(const model::result<traced>& found) const {
    if (!found) {
        return to_answer(found.error());
    }
    base::text_buffer to;
    write(*found, to);
    return data_answer(to.view());
}

void trace_handler::write(const traced& t, base::text_buffer& to) const {
    json out(to);
    out.plain("{\"user\":"_json, t.user);
    if (t.until) {
        const auto left = *t.until - session::trace_service::clock::now();
        const auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
        out.number(",\"ends_at\":"_json, all_.now_ms() + left_ms);
    }
    out.number(",\"lines_held_back\":"_json, t.held_back);
    out.list(",\"steps\":"_json, t.steps, [&](const std::string& step) {
        to.append(step.data(), step.size());
    });
    out.raw("}"_json);
}

}  // namespace gim::api
