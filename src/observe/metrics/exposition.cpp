#include "observe/metrics/exposition.hpp"

#include "observe/stats/counter_family.hpp"

#include <limits>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace gim::metrics {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string_view name, std::string_view help, MetricType type) {
    return {std::string(name), std::string(help), type, {}};
}

// A series, of which the value is to be filled in.
ClientMetric& add_series(MetricFamily& to, std::string_view label, std::string_view value) {
    auto& series = to.metric.emplace_back();
    if (!label.empty()) {
        series.label.push_back({std::string(label), std::string(value)});
    }
    return series;
}

void add_counters(const readings& r, std::vector<MetricFamily>& to) {
    for (const auto& f : stats::counter_families) {
        auto made = family(f.name, f.help, MetricType::Counter);
        for (const auto& e : stats::events) {
            if (e.family == f.what) {
                const auto count = r.events[static_cast<std::size_t>(e.what)];
                add_series(made, f.label, e.series).counter.value = static_cast<double>(count);
            }
        }
        to.push_back(std::move(made));
    }
}

void fill(
    ClientMetric& series,
    const stats::histogram_family_about& f,
    const stats::histogram_reading& r
) {
    const double scale = f.in == stats::unit::nanosecond ? 1e9 : 1;
    auto& h = series.histogram;
    for (std::size_t i = 0; i < f.bounds.size(); ++i) {
        h.sample_count += r.buckets[i];
        h.bucket.push_back({h.sample_count, static_cast<double>(f.bounds[i]) / scale});
    }
    h.sample_count += r.buckets.back();
    h.bucket.push_back({h.sample_count, std::numeric_limits<double>::infinity()});
    h.sample_sum = static_cast<double>(r.sum) / scale;
}

void add_histograms(const readings& r, std::vector<MetricFamily>& to) {
    for (const auto& f : stats::histogram_families) {
        auto made = family(f.name, f.help, MetricType::Histogram);
        for (const auto& d : stats::distributions) {
            if (d.family != f.what) {
                continue;
            }
            if (d.what != stats::distribution::worker_lag) {
                const auto& reading = r.histograms[static_cast<std::size_t>(d.what)];
                fill(add_series(made, f.label, d.series), f, reading);
                continue;
            }
            for (std::size_t w = 0; w < r.worker_lags.size(); ++w) {
                fill(add_series(made, f.label, std::to_string(w)), f, r.worker_lags[w]);
            }
        }
        to.push_back(std::move(made));
    }
}

void add_gauges(const gauges& now, std::vector<MetricFamily>& to) {
    for (const auto& g : gauge_table) {
        if (to.empty() || to.back().name != g.name) {
            to.push_back(family(g.name, g.help, MetricType::Gauge));
        }
        const auto value = static_cast<double>(now.*g.from);
        add_series(to.back(), g.label, g.series).gauge.value = value;
    }
}

void add_counter(
    std::string_view name,
    std::string_view help,
    double value,
    std::vector<MetricFamily>& to
) {
    to.push_back(family(name, help, MetricType::Counter));
    add_series(to.back(), "", "").counter.value = value;
}

MetricFamily& add_gauge(
    std::string_view name,
    std::string_view help,
    double value,
    std::vector<MetricFamily>& to
) {
    to.push_back(family(name, help, MetricType::Gauge));
    add_series(to.back(), "", "").gauge.value = value;
    return to.back();
}

// By the names that every program has.
void add_process(const process_reading& p, std::vector<MetricFamily>& to) {
    const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
        add_gauge(name, help, static_cast<double>(value), to);
    };
    add_counter(
        "process_cpu_seconds_total", "CPU time of the process, user and system.", p.cpu_seconds, to
    );
    gauge(
        "process_resident_memory_bytes", "Memory of the process that is in RAM.", p.resident_bytes
    );
    gauge("process_virtual_memory_bytes", "Address space of the process.", p.virtual_bytes);
    gauge("process_open_fds", "Open descriptors.", p.open_fds);
    gauge("process_max_fds", "Descriptors that the process may have.", p.max_fds);
    gauge("process_threads", "Threads of the process.", p.threads);
    gauge(
        "process_start_time_seconds",
        "When the process began, in seconds since 1970.",
        p.start_time_seconds
    );
}

}  // namespace

std::string exposition(const readings& r) {
    std::vector<MetricFamily> all;
    add_counters(r, all);
    add_histograms(r, all);
    add_gauges(r.now, all);
    add_process(r.process, all);
    auto& build = add_gauge("gim_build_info", "1, and which gim this is.", 1, all);
    build.metric.front().label.push_back({"version", r.version});
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, all);
    return std::move(text).str();
}

}  // namespace gim::metrics
