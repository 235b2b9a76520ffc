#include "tools/report/time_charts.hpp"

#include "base/number_text.hpp"
#include "tools/report/chart_scale.hpp"
#include "tools/report/html_text.hpp"
#include "tools/report/sample_groups.hpp"
#include "tools/report/svg_chart.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

namespace gim::report {

using base::compact_text;
using base::decimal_text;
using base::duration_text;
using base::duration_tick;
using base::grouped;
using base::percent_text;
using base::plural;
using load::measurement;

namespace {

using std::chrono::nanoseconds;
using point = svg_chart::point;
using groups = std::vector<sample_group>;

double ns(nanoseconds d) {
    return static_cast<double>(d.count());
}
double seconds(std::chrono::milliseconds d) {
    return std::chrono::duration<double>(d).count();
}

// Parts of the whole time, which ends where the last group ends.
class time_axis {
public:
    explicit time_axis(const groups& all) : end_(seconds(all.back().upto)) {}

    double place(std::chrono::milliseconds at) const { return seconds(at) / end_; }
    void add_ticks(svg_chart& chart) const {
        // The scale's own end may lie beyond the time.
        const auto ticks = linear_scale(end_, 6).ticks();
        for (std::size_t i = 0; i < ticks.size(); ++i) {
            if (ticks[i] <= end_ * 1.001) {
                chart.x_tick(
                    std::min(1.0, ticks[i] / end_),
                    decimal_seconds(ticks[i]),
                    i % 2 == 0 ? svg_chart::tick::always : svg_chart::tick::wide
                );
            }
        }
    }

private:
    static std::string decimal_seconds(double s) { return fmt::format("{:g} s", s); }

    double end_;
};

// Each group is level: what was counted is known of all of it, not of its middle.
std::vector<point> stairs(
    const groups& all,
    const time_axis& x,
    const std::function<double(const sample_group&)>& height
) {
    std::vector<point> out;
    for (const auto& g : all) {
        out.push_back({x.place(g.from), height(g)});
        out.push_back({x.place(g.upto), height(g)});
    }
    return out;
}

void add_hovers(
    svg_chart& chart,
    const groups& all,
    const time_axis& x,
    const std::function<double(const sample_group&)>& height,
    const std::function<std::string(const sample_group&)>& text
) {
    for (const auto& g : all) {
        const double from = x.place(g.from);
        const double upto = x.place(g.upto);
        chart.hover(
            from,
            upto,
            {(from + upto) / 2, height(g)},
            fmt::format("{:g} s: {}", seconds(g.upto), text(g))
        );
    }
}

std::string figure(std::string_view caption, std::string chart) {
    return fmt::format("<figure>\n<figcaption>{}</figcaption>\n{}</figure>\n", caption, chart);
}

std::string throughput_chart(const measurement& m, const groups& all, const time_axis& x) {
    const auto rate = [](const sample_group& g) { return g.per_second(); };
    const double highest = std::ranges::max(all, {}, rate).per_second();
    const double lowest = std::ranges::min(all, {}, rate).per_second();
    if (highest <= 0 && m.lost == 0) {
        return {};  // all of them came before the first sample, as the connections of idle
    }
    const linear_scale y(highest, 4);
    const auto height = [&](const sample_group& g) { return y.place(g.per_second()); };
    const auto unit = plural(m.unit);
    svg_chart chart(
        fmt::format(
            "{} a second over time: between {} and {}",
            unit,
            decimal_text(lowest),
            decimal_text(highest)
        ),
        220
    );
    for (const double tick : y.ticks()) {
        chart.y_tick(y.place(tick), compact_text(tick));
    }
    x.add_ticks(chart);
    const auto points = stairs(all, x, height);
    chart.area(points, "rate");
    chart.line(points, "rate");
    add_hovers(chart, all, x, height, [&](const sample_group& g) {
        return fmt::format("{} {} a second", decimal_text(g.per_second()), html_escaped(unit));
    });
    return figure(fmt::format("<b>{} a second</b>", html_escaped(unit)), chart.take());
}

std::string latency_chart(const groups& all, const time_axis& x) {
    groups measured;
    std::ranges::copy_if(all, std::back_inserter(measured), [](const sample_group& g) {
        return g.p99 > nanoseconds::zero();
    });
    if (measured.empty()) {
        return {};
    }
    const auto worst = std::ranges::max(measured, {}, &sample_group::p99).p99;
    const auto best = std::ranges::min(measured, {}, &sample_group::p50).p50;
    const log_scale y(ns(best), ns(worst));
    svg_chart chart(fmt::format("p99 latency over time: at worst {}", duration_text(worst)), 150);
    for (const double tick : y.ticks()) {
        chart.y_tick(y.place(tick), html_quantity(duration_tick(nanoseconds(std::llround(tick)))));
    }
    x.add_ticks(chart);
    // Drawn piece by piece: where nothing came there was no latency, and no line.
    for (auto begin = measured.begin(); begin != measured.end();) {
        auto end = begin + 1;
        while (end != measured.end() && end->from == (end - 1)->upto) {
            ++end;
        }
        const groups piece(begin, end);
        chart.line(
            stairs(piece, x, [&](const sample_group& g) { return y.place(ns(g.p50)); }), "p50"
        );
        chart.line(
            stairs(piece, x, [&](const sample_group& g) { return y.place(ns(g.p99)); }), "p99"
        );
        begin = end;
    }
    add_hovers(
        chart,
        measured,
        x,
        [&](const sample_group& g) { return y.place(ns(g.p99)); },
        [](const sample_group& g) {
            return fmt::format(
                "p50 {}, p99 {}, max {}",
                html_duration(g.p50),
                html_duration(g.p99),
                html_duration(g.max)
            );
        }
    );
    return figure(
        R"(<b>Latency</b> <span class="key p99">p99</span> <span class="key p50">p50</span>)",
        chart.take()
    );
}

std::string cpu_chart(const groups& all, const time_axis& x) {
    const auto share = [](const sample_group& g) {
        return std::chrono::duration<double>(g.server.total()).count() / g.seconds();
    };
    const auto system = [](const sample_group& g) {
        return std::chrono::duration<double>(g.server.system).count() / g.seconds();
    };
    const double highest = share(std::ranges::max(all, {}, share));
    if (highest <= 0) {
        return {};
    }
    // A tick more than a core's worth of CPU time is the clock's grain, not a second core.
    const linear_scale y(highest < 1.1 ? 1.0 : highest, 2);
    const auto height = [&](const sample_group& g) { return y.place(share(g)); };
    svg_chart chart(
        fmt::format(
            "CPU time of the server over time: at most {} of a core", percent_text(highest)
        ),
        120
    );
    for (const double tick : y.ticks()) {
        chart.y_tick(y.place(tick), percent_text(tick));
    }
    x.add_ticks(chart);
    chart.area(stairs(all, x, height), "user");
    chart.area(stairs(all, x, [&](const sample_group& g) { return y.place(system(g)); }), "system");
    chart.line(stairs(all, x, height), "user");
    add_hovers(chart, all, x, height, [&](const sample_group& g) {
        return fmt::format(
            "{} of a core, {} in the kernel", percent_text(share(g)), percent_text(system(g))
        );
    });
    return figure(
        R"(<b>CPU of the server</b>, of one core <span class="key user">user</span> )"
        R"(<span class="key system">system</span>)",
        chart.take()
    );
}

}  // namespace

std::string time_charts(const measurement& m) {
    constexpr std::size_t most_points = 150;
    const auto all = grouped_samples(m.samples, most_points);
    if (all.empty()) {
        return {};
    }
    const time_axis x(all);
    auto out = throughput_chart(m, all, x) + latency_chart(all, x) + cpu_chart(all, x);
    if (all.size() < m.samples.size()) {
        out += fmt::format(
            "<p class=\"soft\">{} samples in {} points: of each point's latencies the worst is "
            "shown.</p>\n",
            grouped(m.samples.size()),
            all.size()
        );
    }
    return out;
}

}  // namespace gim::report
