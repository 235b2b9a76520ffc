#include "tools/top/view.hpp"

#include "base/number_text.hpp"
#include "tools/top/printable.hpp"
#include "tools/top/quantile.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gim::top {

namespace {

constexpr std::array workers{
    column{"WORKER", "worker", kind::count, 6},
    column{"CONNECTIONS", "connections", kind::count, 11},
    column{"USERS", "users", kind::count, 9},
    column{"SLOW", "slow_readers", kind::count, 6},
    column{"PENDING", "pending_bytes", kind::bytes, 9},
    column{"LAG MAX", "lag_recent_ms", kind::milliseconds, 8},
    column{"LAG P99", "lag_p99_ms", kind::milliseconds, 8},
};
constexpr std::array connections{
    column{"USER", "user", kind::text, 14},
    column{"ID", "id", kind::count, 7},
    column{"ADDRESS", "address", kind::text, 15},
    column{"OUTBOX", "outbox_bytes", kind::bytes, 9},
    column{"OLDEST", "oldest_ms", kind::milliseconds, 7},
    column{"SKIPPED", "skipped_packets", kind::count, 7},
    column{"REQUESTS", "requests", kind::count, 8},
    column{"SENT", "sent_bytes", kind::bytes, 9},
    column{"IDLE", "idle_ms", kind::milliseconds, 7},
    column{"FORM", "form", kind::text, 9},
};
constexpr std::array rooms{
    column{"ROOM", "id", kind::text, 16},
    column{"MEMBERS", "members", kind::count, 9},
    column{"CONNECTED", "connections", kind::count, 9},
    column{"MSG/S", "rate", kind::decimal, 9},
    column{"MESSAGES", "messages", kind::count, 11},
    column{"PENDING", "pending", kind::count, 8},
    column{"SKIPPED", "skipped", kind::count, 9},
    column{"NOT TAKEN", "skipped_packets", kind::count, 9},
    column{"SEQUENCE", "sequence", kind::count, 11},
};
constexpr std::array<std::string_view, 8> connection_orders{
    "outbox",
    "age",
    "skipped",
    "idle",
    "connected",
    "requests",
    "received",
    "sent"};
constexpr std::array<std::string_view, 5> room_orders{
    "rate",
    "members",
    "messages",
    "skipped",
    "pending"};

std::string count_text(double n) {
    return base::grouped(static_cast<std::uint64_t>(std::clamp(n, 0.0, 1e15)));
}

std::string seconds_text(double seconds) {
    return base::duration_text(
        std::chrono::nanoseconds(static_cast<std::int64_t>(std::clamp(seconds, 0.0, 1e9) * 1e9))
    );
}

// "3d 04:05:06"
std::string uptime_text(double seconds) {
    const auto s = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, 1e10));
    const auto two = [](std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto days = s / 86400;
    return (days > 0 ? std::to_string(days) + "d " : "") + two(s / 3600 % 24) + ":" +
           two(s / 60 % 60) + ":" + two(s % 60);
}

}  // namespace

const std::span<const column> worker_columns = workers;
const std::span<const column> connection_columns = connections;
const std::span<const column> room_columns = rooms;

void view::add(reading r) {
    failure_.clear();
    before_ = std::exchange(now_, std::move(r));
    // Another process answers now: what it counts has begun anew.
    constexpr std::string_view start = "process_start_time_seconds";
    if (before_ && before_->metrics.sum(start) != now_->metrics.sum(start)) {
        before_.reset();
    }
}

void view::failed(std::string_view why) {
    failure_ = printable(why);
}

std::string_view view::connection_order() const noexcept {
    return connection_orders[connection_order_];
}

std::string_view view::room_order() const noexcept {
    return room_orders[room_order_];
}

void view::next_connection_order() noexcept {
    connection_order_ = (connection_order_ + 1) % connection_orders.size();
}

void view::next_room_order() noexcept {
    room_order_ = (room_order_ + 1) % room_orders.size();
}

template <class... Which>
double view::rate(Which... which) const {
    if (!before_) {
        return 0;
    }
    const std::chrono::duration<double> time = now_->at - before_->at;
    const double more = now_->metrics.sum(which...) - before_->metrics.sum(which...);
    return time.count() > 0 ? std::max(more, 0.0) / time.count() : 0;
}

std::string view::quantiles(std::string_view histogram) const {
    if (!before_) {
        return "p50 -  p99 -";
    }
    const auto before = before_->metrics.histogram(histogram);
    const auto after = now_->metrics.histogram(histogram);
    const auto text = [&](double part) {
        const auto value = quantile(before, after, part);
        return value ? seconds_text(*value) : std::string("-");
    };
    return "p50 " + left(text(0.5), 8) + " p99 " + left(text(0.99), 8);
}

std::string view::first_line() const {
    std::string out = "gim";
    if (now_) {
        out += " " + printable(now_->metrics.label("gim_build_info", "version"));
    }
    out += "  " + printable(where_);
    if (now_) {
        const auto began = now_->metrics.sum("process_start_time_seconds");
        out += "  up " + uptime_text(now_->unix_time - began);
    }
    return out;
}

std::string view::state_line() const {
    if (!failure_.empty()) {
        return "no answer: " + failure_ + "; trying again";
    }
    if (motion_ == motion::paused) {
        return "paused";
    }
    return now_ ? "" : "asking";
}

void view::add_summary(std::vector<line>& to) const {
    const auto& m = now_->metrics;
    const auto door = m.sum("gim_connections", "door", "gateway");
    to.push_back(
        {"connections " + left(count_text(door), 11) + " users " +
         left(count_text(m.sum("gim_users_online")), 11) + " rooms " +
         left(count_text(m.sum("gim_rooms_active")), 11) + " slow readers " +
         count_text(m.sum("gim_slow_readers"))}
    );
    const auto cpu = std::lround(rate("process_cpu_seconds_total") * 100);
    to.push_back(
        {"cpu " + left(std::to_string(cpu) + " %", 8) + " memory " +
         left(base::bytes_text(m.sum("process_resident_memory_bytes")), 10) + " pending " +
         left(base::bytes_text(m.sum("gim_outbox_pending_bytes")), 10) + " threads " +
         count_text(m.sum("process_threads"))}
    );
    to.push_back({});
    const auto per_second = [this](std::string_view name) {
        return left(base::decimal_text(rate(name)) + "/s", 12);
    };
    const auto bytes_per_second = [this](std::string_view name) {
        return left(base::bytes_text(rate(name)) + "/s", 14);
    };
    to.push_back(
        {"messages   in " + per_second("gim_messages_total") + " delivered " +
         per_second("gim_deliveries_total") + " skipped " +
         base::decimal_text(
             rate("gim_messages_skipped_total") + rate("gim_packets_skipped_total")
         ) +
         "/s"}
    );
    to.push_back(
        {"bytes      in " + bytes_per_second("gim_websocket_received_bytes_total") + " out " +
         bytes_per_second("gim_websocket_sent_bytes_total")}
    );
    const auto normal = rate("gim_closes_total", "code", "1001");
    to.push_back(
        {"logins        " + per_second("gim_logins_total") + " closes " +
         per_second("gim_closes_total") + " of them 1001 " + base::decimal_text(normal) +
         "/s  refused " + base::decimal_text(rate("gim_connections_refused_total")) + "/s"}
    );
    to.push_back({"requests      " + quantiles("gim_request_duration_seconds")});
    to.push_back({"push lateness " + quantiles("gim_push_lateness_seconds")});
    to.push_back({"worker lag    " + quantiles("gim_worker_loop_lag_seconds")});
}

void view::add_table(
    std::vector<line>& to,
    std::string heading,
    const std::optional<table>& t,
    std::span<const column> columns,
    std::size_t most
) {
    to.push_back({});
    if (!t) {
        to.push_back({heading + ": not told by this server, or not without --api-key"});
        return;
    }
    if (t->total) {
        heading += ", " + base::grouped(*t->total) + " in all";
    }
    to.push_back({std::move(heading)});
    to.push_back({title_line(columns), line::look::heading});
    for (std::size_t i = 0; i < std::min(most, t->rows.size()); ++i) {
        to.push_back({row_line(columns, t->rows[i])});
    }
}

std::vector<line> view::frame(std::size_t width, std::size_t height) const {
    std::vector<line> out{{first_line()}, {state_line()}};
    if (now_) {
        add_summary(out);
        // What is left goes to the rooms and connections, half to each.
        constexpr std::size_t around_workers = 3;
        constexpr std::size_t around_two = 6;
        const auto few = now_->workers ? std::min<std::size_t>(now_->workers->rows.size(), 8) : 0;
        add_table(out, "workers", now_->workers, worker_columns, few);
        const auto used = out.size() + around_two;
        const auto half = height > used ? (height - used) / 2 : around_workers;
        const auto by = [](std::string_view what, std::string_view order) {
            return std::string(what) + " by " + std::string(order);
        };
        add_table(
            out, by("connections", connection_order()), now_->connections, connection_columns, half
        );
        add_table(out, by("rooms", room_order()), now_->rooms, room_columns, half);
    }
    out.resize(std::min(out.size(), height));
    for (auto& l : out) {
        l.text = cut(std::move(l.text), width);
        l.text.erase(l.text.find_last_not_of(' ') + 1);
    }
    return out;
}

}  // namespace gim::top
