#pragma once

#include "tools/load/latency_histogram.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gim::load {

// CPU time of a process or of some threads.
struct cpu_time {
    std::chrono::nanoseconds user{0};
    std::chrono::nanoseconds system{0};

    std::chrono::nanoseconds total() const noexcept { return user + system; }
};

// One tick of a run, for the curve over time.
struct sample {
    std::chrono::milliseconds at{0};  // its end, from the begin of the measured time
    std::uint64_t delivered = 0;      // in this tick (operations, where nothing is delivered)
    std::chrono::nanoseconds p50{0};
    std::chrono::nanoseconds p99{0};
    std::chrono::nanoseconds max{0};
    cpu_time server;  // in this tick; 0 if the server's process is not known
};

struct machine {
    std::string cpu;  // its model, as the kernel calls it
    unsigned cores = 0;
    std::string kernel;  // "Linux 6.1.0-13-amd64"
    std::string build;   // compiler and flags of this binary
    std::string when;    // UTC, as in "2026-11-21 10:05"
};

// The Redis in which a private server keeps its messages.
struct redis_use {
    cpu_time cpu;  // of the measured time
    bool shares_generator_core = false;
    // What redis-benchmark found in the same Redis after the load. Empty: it was not run.
    std::optional<double> benchmark_appends_per_second;  // the script that appends a message
    std::optional<double> benchmark_zadds_per_second;
};

// What a run of the load generator found. Plain values: the reports are made from it, and from
// nothing else.
struct measurement {
    std::string scenario;  // "fanout"
    std::string title;     // a line for people: "1 room of 1,000 members, 64 B, json, 16 in flight"
    // The generator's parameters that matter here, in order: {"members", "1000"}.
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string command;  // this run's own command line
    std::string server;   // command line of the private server, or the URL
    machine where;
    std::string pinning;  // "server on core 0, generator on core 1", or why not

    // What the numbers of an operation are called: "delivery", "connection", "answer".
    std::string unit = "delivery";

    std::chrono::nanoseconds time{0};  // that was measured, after the warm-up
    // Units that came within it, whenever they were asked for: what rates, bytes and CPU time are
    // divided by.
    std::uint64_t units_in_time = 0;
    std::size_t connections = 0;
    // Messages that were accepted within it, where they are what is measured.
    std::uint64_t messages_in_time = 0;

    // Messages of the whole run, so that expected = delivered + skipped + lost: one that is lost in
    // the warm-up is lost, and one that comes after the measured time is not.
    // offered: what the schedule wanted; sent: what went out; then what became of those.
    std::chrono::nanoseconds sending_time{0};  // warm-up and measured time; what these two took
    std::uint64_t offered = 0;
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;    // answered with an error
    std::uint64_t expected = 0;   // deliveries, if every accepted message reaches every receiver
    std::uint64_t delivered = 0;  // each once; operations that were completed, in other scenarios
    std::uint64_t skipped = 0;    // the server said that it dropped them (latest mode)
    std::uint64_t lost = 0;       // neither delivered nor said to be skipped
    std::uint64_t duplicated = 0;
    std::uint64_t out_of_order = 0;
    std::uint64_t disconnected = 0;  // connections that ended before the run did

    // Received within the measured time.
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;  // with messages: WebSocket's, or what the protocol has instead

    // Of what was intended within the measured time.
    latency_histogram latency;  // of the unit, from the intended send time
    latency_histogram answers;  // from the intended send time to the sender's own reply

    // Of the measured time. Empty: the server's process is not known.
    std::optional<cpu_time> server_cpu;
    cpu_time generator_cpu;
    std::optional<redis_use> redis;  // empty: there is none, or it is not known
    // Cores that each may use; 0 if unknown, and then no report says what was saturated.
    unsigned server_cores = 0;
    unsigned generator_cores = 0;
    // Resident memory of the server a connection: with all connected, less what it had before.
    std::optional<double> resident_bytes_per_connection;

    std::vector<sample> samples;
    std::vector<std::string> notes;  // whatever else the reader must know, a sentence each
};

}  // namespace gim::load
