#pragma once

#include "tools/load/measurement.hpp"

#include <chrono>
#include <string>

namespace gim::report {

// A run of two seconds in which everything went well: 8,000 messages to 1,000 members.
inline load::measurement good_run() {
    using namespace std::chrono_literals;
    load::measurement m;
    m.scenario = "fanout";
    m.title = "1 room of 1,000 members";
    m.parameters = {{"members", "1000"}, {"size", "64"}};
    m.command = "gim bench fanout --members 1000";
    m.server = "gim serve --workers 1";
    m.where = {"AMD EPYC", 2, "Linux 6.1", "g++ 12.2 -O2", "2026-11-21 10:05"};
    m.pinning = "server on core 0, generator on core 1";
    m.time = m.sending_time = 2s;
    m.connections = 1001;
    m.offered = m.sent = 8000;
    m.expected = m.delivered = m.units_in_time = 8'000'000;
    m.bytes = 2'400'000'000;
    m.frames = 800'000;
    m.latency.add(2ms, 7'900'000);
    m.latency.add(30ms, 99'990);
    m.latency.add(400ms, 10);
    m.answers.add(1ms, 8000);
    m.server_cpu = load::cpu_time{480ms, 1440ms};
    m.generator_cpu = {400ms, 600ms};
    m.server_cores = 1;
    m.generator_cores = 1;
    m.resident_bytes_per_connection = 5888;
    m.samples = {
        {1000ms, 3'000'000, 2ms, 30ms, 400ms, {180ms, 720ms}},
        {2000ms, 5'000'000, 2ms, 4ms, 5ms, {300ms, 720ms}},
    };
    return m;
}

// The same with a Redis beside the generator, and with redis-benchmark behind it.
inline load::measurement redis_run() {
    using namespace std::chrono_literals;
    auto m = good_run();
    m.messages_in_time = 8000;
    m.redis.emplace();
    m.redis->cpu = {60ms, 20ms};
    m.redis->benchmark_appends_per_second = 90'123.45;
    m.redis->benchmark_zadds_per_second = 400'000;
    return m;
}

// Only connections that were held: no message, no latency, no sample.
inline load::measurement idle_run() {
    using namespace std::chrono_literals;
    load::measurement m;
    m.scenario = "idle";
    m.title = "50,000 quiet connections";
    m.unit = "connection";
    m.time = 10s;
    m.connections = 50'000;
    m.resident_bytes_per_connection = 5888;
    return m;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace gim::report
