#include "tools/report/report_table.hpp"

#include "base/number_text.hpp"
#include "tools/report/figures.hpp"
#include "tools/report/html_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <optional>
#include <string_view>

namespace gim::report {

using base::bytes_text;
using base::cpu_text;
using base::decimal_text;
using base::duration_text;
using base::grouped;
using base::percent_text;
using base::plural;
using load::latency_histogram;
using load::measurement;

namespace {

// Rows under a heading, which is left out with them if there are none.
class table_group {
public:
    explicit table_group(std::string_view heading) : heading_(heading) {}

    void row(std::string_view label, std::string_view value, std::string_view remark = {}) {
        rows_ += fmt::format(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n",
            html_escaped(label),
            html_escaped(value),
            html_escaped(remark)
        );
    }
    void count(std::string_view label, std::uint64_t n, std::optional<double> per_second = {}) {
        row(label, grouped(n), per_second ? decimal_text(*per_second) + " a second" : "");
    }
    std::string take() const {
        return rows_.empty()
                   ? ""
                   : fmt::format(
                         "<tbody>\n<tr><th scope=\"rowgroup\" colspan=\"3\">{}</th></tr>\n{}"
                         "</tbody>\n",
                         html_escaped(heading_),
                         rows_
                     );
    }

private:
    std::string heading_;
    std::string rows_;
};

std::string messages(const measurement& m, const figures& f) {
    table_group rows("Messages");
    if (m.offered > 0 || m.sent > 0) {
        rows.count("offered", m.offered, f.offered_per_second);
        rows.count("sent", m.sent, f.sent_per_second);
        rows.count("refused", m.refused);
    }
    if (m.expected > 0) {
        rows.row("expected", grouped(m.expected), plural(m.unit));
    }
    if (m.delivered > 0 || m.expected > 0) {
        rows.count(
            m.unit == "delivery" ? "delivered" : plural(m.unit), m.delivered, f.delivered_per_second
        );
    }
    if (f.has_losses_counted) {
        rows.count("lost", m.lost);
        rows.count("duplicated", m.duplicated);
        rows.count("out of order", m.out_of_order);
    }
    if (m.skipped > 0) {
        rows.row("skipped", grouped(m.skipped), "as the server said");
    }
    return rows.take();
}

std::string latency(std::string_view heading, const latency_histogram& h) {
    table_group rows(heading);
    if (h.count() > 0) {
        rows.row("measured", grouped(h.count()));
        struct named {
            std::string_view name;
            double part;
        };
        for (const auto& [name, part] :
             {named{"p50", 0.5},
              named{"p90", 0.9},
              named{"p99", 0.99},
              named{"p99.9", 0.999},
              named{"p99.99", 0.9999}}) {
            rows.row(name, duration_text(h.percentile(part)));
        }
        rows.row("max", duration_text(h.max()));
    }
    return rows.take();
}

std::string received(const measurement& m, const figures& f) {
    table_group rows("Received");
    if (m.bytes > 0) {
        rows.row(
            "bytes",
            bytes_text(static_cast<double>(m.bytes)),
            f.bytes_per_unit ? fmt::format("{} B a {}", decimal_text(*f.bytes_per_unit), m.unit)
                             : ""
        );
    }
    if (m.frames > 0) {
        rows.row(
            "frames",
            grouped(m.frames),
            f.units_per_frame
                ? fmt::format("{} {} a frame", decimal_text(*f.units_per_frame), plural(m.unit))
                : ""
        );
    }
    return rows.take();
}

void add_share(
    table_group& rows,
    std::string_view who,
    std::optional<double> share,
    std::optional<bool> saturated
) {
    if (share) {
        rows.row(
            who,
            percent_text(*share),
            fmt::format(
                "of a core{}",
                !saturated   ? ""
                : *saturated ? ", saturated"
                             : ", not saturated"
            )
        );
    }
}

std::string cost(const measurement& m, const figures& f) {
    table_group rows("Cost");
    if (f.server_ns_per_unit) {
        rows.row("server CPU a " + m.unit, cpu_text(*f.server_ns_per_unit));
        rows.row("user", cpu_text(f.server_user_ns_per_unit.value_or(0)));
        rows.row("system", cpu_text(f.server_system_ns_per_unit.value_or(0)));
    }
    add_share(rows, "server CPU", f.server_core_share, f.server_saturated);
    if (f.redis_ns_per_message) {
        rows.row("Redis CPU a message", cpu_text(*f.redis_ns_per_message));
    }
    add_share(rows, "Redis CPU", f.redis_core_share, f.redis_saturated);
    add_share(rows, "generator CPU", f.generator_core_share, f.generator_saturated);
    if (m.resident_bytes_per_connection) {
        rows.row("resident memory", bytes_text(*m.resident_bytes_per_connection), "a connection");
    }
    return rows.take();
}

std::string redis_benchmark(const measurement& m) {
    table_group rows("redis-benchmark, in the same Redis after the load");
    const auto rate = [&](std::string_view label, const std::optional<double>& a_second) {
        if (a_second) {
            rows.row(label, decimal_text(*a_second), "a second");
        }
    };
    if (m.redis) {
        rate("append script", m.redis->benchmark_appends_per_second);
        rate("ZADD", m.redis->benchmark_zadds_per_second);
    }
    return rows.take();
}

std::string setting(const measurement& m) {
    table_group rows("Setting");
    rows.row("scenario", m.scenario);
    rows.row("measured time", duration_text(m.time), "after the warm-up");
    if (m.connections > 0) {
        rows.count("connections", m.connections);
        rows.row("disconnected", grouped(m.disconnected), "before the end");
    }
    for (const auto& [name, value] : m.parameters) {
        rows.row(name, value);
    }
    return rows.take();
}

}  // namespace

std::string report_table(const measurement& m) {
    const figures f(m);
    return "<table>\n" + messages(m, f) + latency("Latency", m.latency) +
           latency("Answers to the sender", m.answers) + received(m, f) + cost(m, f) +
           redis_benchmark(m) + setting(m) + "</table>\n";
}

}  // namespace gim::report
