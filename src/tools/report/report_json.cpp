#include "tools/report/report_json.hpp"

#include "tools/report/figures.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace gim::report {

using load::cpu_time;
using load::latency_histogram;
using load::measurement;
using load::sample;

namespace {

using json = nlohmann::ordered_json;

template <typename T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json latency_json(const latency_histogram& latency) {
    json steps = json::array();
    for (const auto& step : latency.steps()) {
        steps.push_back({{"upto_ns", step.upto.count()}, {"count", step.count}});
    }
    const auto at = [&](double p) { return latency.percentile(p).count(); };
    return {
        {"count", latency.count()},
        {"p50_ns", at(0.5)},
        {"p90_ns", at(0.9)},
        {"p99_ns", at(0.99)},
        {"p999_ns", at(0.999)},
        {"p9999_ns", at(0.9999)},
        {"max_ns", latency.max().count()},
        {"steps", std::move(steps)},
    };
}

json sample_json(const sample& s) {
    return {
        {"at_ms", s.at.count()},
        {"delivered", s.delivered},
        {"p50_ns", s.p50.count()},
        {"p99_ns", s.p99.count()},
        {"max_ns", s.max.count()},
        {"server_cpu_user_ns", s.server.user.count()},
        {"server_cpu_system_ns", s.server.system.count()},
    };
}

void add_setting(json& out, const measurement& m) {
    out["scenario"] = m.scenario;
    out["title"] = m.title;
    out["parameters"] = json::object();
    for (const auto& [name, value] : m.parameters) {
        out["parameters"][name] = value;
    }
    out["command"] = m.command;
    out["server"] = m.server;
    out["pinning"] = m.pinning;
    out["machine"] = {
        {"cpu", m.where.cpu},
        {"cores", m.where.cores},
        {"kernel", m.where.kernel},
        {"build", m.where.build},
        {"when_utc", m.where.when},
    };
}

void add_counts(json& out, const measurement& m, const figures& f) {
    out["unit"] = m.unit;
    out["time_ns"] = m.time.count();
    out["units_in_time"] = m.units_in_time;
    out["sending_time_ns"] = m.sending_time.count();
    out["connections"] = m.connections;
    out["messages_in_time"] = m.messages_in_time;
    out["offered"] = m.offered;
    out["sent"] = m.sent;
    out["refused"] = m.refused;
    out["expected"] = m.expected;
    out["delivered"] = m.delivered;
    out["skipped"] = m.skipped;
    out["lost"] = m.lost;
    out["duplicated"] = m.duplicated;
    out["out_of_order"] = m.out_of_order;
    out["disconnected"] = m.disconnected;
    out["lost_share"] = or_null(f.lost_share);
    out["offered_per_second"] = or_null(f.offered_per_second);
    out["sent_per_second"] = or_null(f.sent_per_second);
    out["delivered_per_second"] = or_null(f.delivered_per_second);
    out["received_bytes"] = m.bytes;
    out["received_frames"] = m.frames;
    out["received_bytes_per_unit"] = or_null(f.bytes_per_unit);
    out["units_per_frame"] = or_null(f.units_per_frame);
}

void add_cost(json& out, const measurement& m, const figures& f) {
    const auto cpu = [](const std::optional<cpu_time>& time,
                        std::chrono::nanoseconds cpu_time::*part) {
        return time ? json(((*time).*part).count()) : json(nullptr);
    };
    out["server_cpu_user_ns"] = cpu(m.server_cpu, &cpu_time::user);
    out["server_cpu_system_ns"] = cpu(m.server_cpu, &cpu_time::system);
    out["server_cpu_ns_per_unit"] = or_null(f.server_ns_per_unit);
    out["server_cpu_user_ns_per_unit"] = or_null(f.server_user_ns_per_unit);
    out["server_cpu_system_ns_per_unit"] = or_null(f.server_system_ns_per_unit);
    out["server_core_share"] = or_null(f.server_core_share);
    out["server_saturated"] = or_null(f.server_saturated);
    const auto redis = m.redis.value_or(load::redis_use{});
    const auto redis_cpu = m.redis ? std::optional(m.redis->cpu) : std::nullopt;
    out["redis_cpu_user_ns"] = cpu(redis_cpu, &cpu_time::user);
    out["redis_cpu_system_ns"] = cpu(redis_cpu, &cpu_time::system);
    out["redis_cpu_ns_per_message"] = or_null(f.redis_ns_per_message);
    out["redis_core_share"] = or_null(f.redis_core_share);
    out["redis_saturated"] = or_null(f.redis_saturated);
    out["redis_benchmark_appends_per_second"] = or_null(redis.benchmark_appends_per_second);
    out["redis_benchmark_zadds_per_second"] = or_null(redis.benchmark_zadds_per_second);
    out["generator_cpu_user_ns"] = m.generator_cpu.user.count();
    out["generator_cpu_system_ns"] = m.generator_cpu.system.count();
    out["generator_core_share"] = or_null(f.generator_core_share);
    out["generator_saturated"] = or_null(f.generator_saturated);
    out["resident_bytes_per_connection"] = or_null(m.resident_bytes_per_connection);
}

}  // namespace

std::string report_json(const measurement& m) {
    const figures f(m);
    json out{{"report_version", 1}};
    add_setting(out, m);
    add_counts(out, m, f);
    add_cost(out, m, f);
    out["latency"] = latency_json(m.latency);
    out["answers"] = latency_json(m.answers);
    out["samples"] = json::array();
    for (const auto& s : m.samples) {
        out["samples"].push_back(sample_json(s));
    }
    out["notes"] = m.notes;
    // Command lines and kernel names are bytes, not always UTF-8.
    return out.dump(2, ' ', false, json::error_handler_t::replace) + '\n';
}

}  // namespace gim::report
