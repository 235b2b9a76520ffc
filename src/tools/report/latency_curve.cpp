#include "tools/report/latency_curve.hpp"

#include "base/number_text.hpp"
#include "tools/report/chart_scale.hpp"
#include "tools/report/html_text.hpp"
#include "tools/report/svg_chart.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

namespace gim::report {

using base::duration_text;
using base::duration_tick;
using load::latency_histogram;

namespace {

using std::chrono::nanoseconds;
using point = svg_chart::point;

double ns(nanoseconds d) {
    return static_cast<double>(d.count());
}

// Along x: how many nines a part of all has, from none to where single values begin.
class nines_axis {
public:
    // With room for p99 always; beyond 99.999 % a fan-out tells of one or two messages only.
    explicit nines_axis(std::uint64_t count)
        : nines_(std::clamp(std::log10(static_cast<double>(count)), 2.5, 5.0)) {}

    bool holds(double part) const { return nines_of(part) <= nines_ + 1e-9; }
    double place(double part) const {
        return part < 1 ? std::min(1.0, nines_of(part) / nines_) : 1.0;
    }
    double part_at(double place) const { return 1 - std::pow(10.0, -place * nines_); }

private:
    static double nines_of(double part) { return -std::log10(1 - part); }

    double nines_;
};

std::string part_text(double part) {
    return fmt::format("{:.7g} %", part * 100);
}

// For people: as many digits as the place has nines.
std::string hover_part_text(double part) {
    const int decimals = part < 0.9 ? 0 : static_cast<int>(-std::log10(1 - part));
    return fmt::format("{:.{}f} %", part * 100, decimals);
}

// In stairs, as a percentile is one of the times that were measured, not a mean of two.
std::vector<point>
stairs(const latency_histogram& latency, const nines_axis& x, const log_scale& y) {
    std::vector<point> out;
    std::uint64_t within = 0;
    double from = 0;
    for (const auto& step : latency.steps()) {
        const double height = y.place(ns(step.upto));
        within += step.count;
        const double upto =
            x.place(static_cast<double>(within) / static_cast<double>(latency.count()));
        // A stair that no screen shows is left to the next one.
        if (out.empty() || upto - from > 0.0005 || height - out.back().y > 0.0005) {
            out.push_back({from, height});
            out.push_back({upto, height});
            from = upto;
        }
    }
    return out;
}

}  // namespace

std::string latency_curve(const latency_histogram& latency, std::string_view unit) {
    if (latency.count() == 0) {
        return {};
    }
    const auto at = [&](double p) { return latency.percentile(p); };
    const nines_axis x(latency.count());
    const log_scale y(ns(latency.steps().front().upto) * 0.9, ns(latency.max()));
    svg_chart chart(
        fmt::format(
            "Latency of a {} by percentile: p50 {}, p99 {}, maximum {}",
            unit,
            duration_text(at(0.5)),
            duration_text(at(0.99)),
            duration_text(latency.max())
        ),
        320
    );
    for (const double tick : y.ticks()) {
        chart.y_tick(y.place(tick), html_quantity(duration_tick(nanoseconds(std::llround(tick)))));
    }
    for (const double part : {0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999}) {
        if (x.holds(part)) {
            chart.x_tick(
                x.place(part),
                part_text(part),
                part == 0.9999 ? svg_chart::tick::wide : svg_chart::tick::always
            );
        }
    }
    const auto points = stairs(latency, x, y);
    chart.area(points, "latency");
    chart.line(points, "latency");

    constexpr int bands = 80;
    for (int i = 0; i < bands; ++i) {
        const double middle = (i + 0.5) / bands;
        const double part = x.part_at(middle);
        chart.hover(
            static_cast<double>(i) / bands,
            static_cast<double>(i + 1) / bands,
            {middle, y.place(ns(at(part)))},
            fmt::format("{} within {}", hover_part_text(part), html_duration(at(part)))
        );
    }
    const auto mark = [&](double part, std::string_view name, nanoseconds d, std::string_view look
                      ) {
        chart.mark(
            {x.place(part), y.place(ns(d))}, fmt::format("{} {}", name, html_duration(d)), look
        );
    };
    mark(0.5, "p50", at(0.5), "latency");
    mark(0.99, "p99", at(0.99), "latency");
    mark(1, "max", latency.max(), "worst");
    return chart.take();
}

}  // namespace gim::report
