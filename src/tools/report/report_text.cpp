#include "tools/report/report_text.hpp"

#include "base/number_text.hpp"
#include "tools/report/figures.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace gim::report {

using base::bytes_text;
using base::count_of;
using base::cpu_text;
using base::decimal_text;
using base::duration_text;
using base::grouped;
using base::percent_text;
using base::plural;
using load::latency_histogram;
using load::measurement;

namespace {

// The text comes from command lines and from the kernel: nothing of it may move the cursor.
std::string ascii(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return out;
}

class lines {
public:
    void title(std::string_view text) { out_ += ascii(text) + '\n'; }
    void gap() {
        if (!out_.ends_with("\n\n")) {
            out_ += '\n';
        }
    }
    // Nothing if `text` is empty.
    void add(std::string_view label, std::string_view text) {
        if (!text.empty()) {
            out_ += fmt::format("  {:<12} {}\n", label, ascii(text));
        }
    }
    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

std::string joined(const std::vector<std::string>& parts) {
    return fmt::format("{}", fmt::join(parts, ", "));
}

void add_known(std::vector<std::string>& parts, const std::string& text) {
    if (!text.empty()) {
        parts.push_back(text);
    }
}

void add_setting(lines& out, const measurement& m) {
    std::vector<std::string> machine;
    add_known(machine, m.where.cpu);
    if (m.where.cores > 0) {
        machine.push_back(count_of(m.where.cores, "core"));
    }
    add_known(machine, m.where.kernel);
    out.add("machine", joined(machine));
    std::vector<std::string> run;
    add_known(run, m.where.build);
    add_known(run, m.where.when.empty() ? "" : m.where.when + " UTC");
    out.add("build", joined(run));
    out.add("server", m.server);
    out.add("pinning", m.pinning);
    out.add(
        "measured",
        m.connections > 0 ? duration_text(m.time) + ", " + count_of(m.connections, "connection")
                          : duration_text(m.time)
    );
}

std::string rate_text(std::optional<double> per_second) {
    return per_second ? fmt::format("{:>9} a second", decimal_text(*per_second)) : "";
}

void add_counts(lines& out, const measurement& m, const figures& f) {
    const auto width =
        grouped(std::max({m.offered, m.sent, m.delivered, m.expected, m.lost})).size();
    const auto count = [&](std::string_view label, std::uint64_t n, const std::string& remark = {}
                       ) {
        const auto number = fmt::format("{:>{}}", grouped(n), width);
        out.add(label, remark.empty() ? number : number + "   " + remark);
    };
    if (m.offered > 0 || m.sent > 0) {
        count("offered", m.offered, rate_text(f.offered_per_second));
        count("sent", m.sent, rate_text(f.sent_per_second));
        count("refused", m.refused);
    }
    if (m.delivered > 0 || m.expected > 0) {
        count(
            m.unit == "delivery" ? "delivered" : plural(m.unit),
            m.delivered,
            rate_text(f.delivered_per_second)
        );
    }
    if (m.skipped > 0) {
        count("skipped", m.skipped);
    }
    if (m.disconnected > 0 || !f.has_losses_counted) {
        count("disconnected", m.disconnected);
    }
    if (f.has_losses_counted && f.is_intact) {
        count("lost", 0, "NOTHING LOST, nothing twice, all in order");
    } else if (f.has_losses_counted) {
        count(
            "LOST",
            m.lost,
            f.lost_share ? percent_text(*f.lost_share) + " of " + grouped(m.expected) : ""
        );
        count("DUPLICATED", m.duplicated);
        count("OUT OF ORDER", m.out_of_order);
    }
}

void add_latency(lines& out, std::string_view label, const latency_histogram& latency) {
    if (latency.count() == 0) {
        return;
    }
    const auto at = [&](double p) { return duration_text(latency.percentile(p)); };
    out.add(
        label,
        fmt::format(
            "p50 {:<9} p90 {:<9} p99 {:<9} p99.9 {:<9} max {}",
            at(0.5),
            at(0.9),
            at(0.99),
            at(0.999),
            duration_text(latency.max())
        )
    );
}

void add_received(lines& out, const measurement& m, const figures& f) {
    std::vector<std::string> totals;
    std::vector<std::string> ratios;
    if (m.bytes > 0) {
        totals.push_back(bytes_text(static_cast<double>(m.bytes)));
    }
    if (m.frames > 0) {
        totals.push_back(grouped(m.frames) + " frames");
    }
    if (f.bytes_per_unit) {
        ratios.push_back(fmt::format("{} B a {}", decimal_text(*f.bytes_per_unit), m.unit));
    }
    if (f.units_per_frame) {
        ratios.push_back(
            fmt::format("{} {} a frame", decimal_text(*f.units_per_frame), plural(m.unit))
        );
    }
    out.add("received", joined(totals) + (ratios.empty() ? "" : ": ") + joined(ratios));
}

std::string share_text(std::string_view who, double share, std::optional<bool> saturated) {
    return fmt::format(
        "{} {} of a core{}",
        who,
        percent_text(share),
        saturated.value_or(false) ? " (saturated)" : ""
    );
}

void add_redis(lines& out, const measurement& m, const figures& f) {
    if (f.redis_ns_per_message) {
        out.add("Redis CPU", cpu_text(*f.redis_ns_per_message) + " a message");
    }
    if (m.redis && m.redis->benchmark_appends_per_second && m.redis->benchmark_zadds_per_second) {
        out.add(
            "Redis alone",
            fmt::format(
                "{} appends a second, {} ZADD a second (redis-benchmark)",
                decimal_text(*m.redis->benchmark_appends_per_second),
                decimal_text(*m.redis->benchmark_zadds_per_second)
            )
        );
    }
}

void add_cost(lines& out, const measurement& m, const figures& f) {
    if (f.server_ns_per_unit) {
        out.add(
            "server CPU",
            fmt::format(
                "{} a {} (user {}, system {})",
                cpu_text(*f.server_ns_per_unit),
                m.unit,
                cpu_text(f.server_user_ns_per_unit.value_or(0)),
                cpu_text(f.server_system_ns_per_unit.value_or(0))
            )
        );
    }
    add_redis(out, m, f);
    std::vector<std::string> shares;
    if (f.server_core_share) {
        shares.push_back(share_text("server", *f.server_core_share, f.server_saturated));
    }
    if (f.redis_core_share) {
        shares.push_back(share_text("Redis", *f.redis_core_share, f.redis_saturated));
    }
    if (f.generator_core_share) {
        shares.push_back(share_text("generator", *f.generator_core_share, f.generator_saturated));
    }
    out.add("load", joined(shares));
    if (m.resident_bytes_per_connection) {
        out.add("memory", bytes_text(*m.resident_bytes_per_connection) + " a connection, resident");
    }
}

}  // namespace

std::string report_text(const measurement& m) {
    const figures f(m);
    lines out;
    out.title(m.title.empty() ? m.scenario : m.scenario + ": " + m.title);
    add_setting(out, m);
    out.gap();
    add_counts(out, m, f);
    out.gap();
    add_latency(out, "latency", m.latency);
    add_latency(out, "answers", m.answers);
    add_received(out, m, f);
    add_cost(out, m, f);
    for (const auto& note : m.notes) {
        out.add("note", note);
    }
    return out.take();
}

}  // namespace gim::report
