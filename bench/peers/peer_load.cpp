// The load of `gim bench` on the servers that gim is compared with: the same engine and the same
// counting, another dialect.
//
//   gim_peer_load fanout|rooms|private --dialect plain|nats|mqtt|socket_io|nchan
//                 --url tcp://127.0.0.1:PORT --pid PID [--json FILE] ...

#include "peers/mqtt_dialect.hpp"
#include "peers/nats_dialect.hpp"
#include "peers/nchan_dialect.hpp"
#include "peers/path_websocket.hpp"
#include "peers/socket_io_dialect.hpp"
#include "tools/load/interrupt.hpp"
#include "tools/load/process_stats.hpp"
#include "tools/load/run.hpp"
#include "tools/report/report_json.hpp"
#include "tools/report/report_text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <memory>
#include <sched.h>
#include <stdexcept>
#include <string>

namespace {

using namespace gim;

template <class Dialect>
client::dialect_factory speaking() {
    return [](const client::identity& who) -> std::unique_ptr<client::dialect> {
        return std::make_unique<Dialect>(who);
    };
}

const std::map<std::string, client::dialect_factory> dialects = {
    {"mqtt", speaking<bench::mqtt_dialect>()},
    {"nats", speaking<bench::nats_dialect>()},
    {"nchan", speaking<bench::nchan_dialect>()},
    {"plain", speaking<bench::path_websocket>()},
    {"socket_io", speaking<bench::socket_io_dialect>()},
};

std::chrono::nanoseconds of_seconds(double s) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(s));
}

unsigned cores_of(pid_t pid) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    return sched_getaffinity(pid, sizeof cores, &cores) == 0
               ? static_cast<unsigned>(CPU_COUNT(&cores))
               : 0;
}

// The scenario is the first word, and decides the defaults of the other flags.
load::load_options defaults(int argc, char** argv) {
    const auto what = argc > 1 ? load::scenario_of(argv[1]) : std::nullopt;
    return load::defaults_of(what.value_or(load::scenario::fanout));
}

int run(int argc, char** argv) {
    load::load_options options = defaults(argc, argv);
    options.dialect = load::dialect_kind::plain;  // what a report calls whatever is not gim's
    double seconds = std::chrono::duration<double>(options.time).count();
    double warmup = std::chrono::duration<double>(options.warmup).count();
    std::string scenario;
    std::string dialect;
    std::string url;
    std::string json_file;
    pid_t pid = 0;

    CLI::App app("The load of `gim bench` on other servers", "gim_peer_load");
    app.option_defaults()->always_capture_default();
    app.add_option("scenario", scenario)
        ->required()
        ->check(CLI::IsMember({"fanout", "rooms", "private", "connect"}));
    app.add_option("--dialect", dialect)->required()->check(CLI::IsMember(dialects));
    app.add_option("--url", url, "tcp://HOST:PORT")->required();
    app.add_option("--pid", pid, "the server's, to read its CPU and memory")->required();
    app.add_option("--rooms", options.rooms)->check(CLI::Range(1, 100'000));
    app.add_option("--members", options.members, "of each room")->check(CLI::Range(1, 100'000));
    app.add_option("--publishers", options.publishers, "of all rooms together");
    app.add_option("--pairs", options.pairs)->check(CLI::Range(1, 30'000));
    app.add_option("--inflight", options.inflight)->check(CLI::Range(1, 100'000));
    app.add_option("--rate", options.rate, "messages a second; 0: closed loop");
    app.add_option("--size", options.size, "bytes of content")->check(CLI::Range(29, 32 * 1024));
    app.add_option("--seconds", seconds)->check(CLI::Range(0.1, 600.0));
    app.add_option("--warmup", warmup)->check(CLI::Range(0.0, 60.0));
    app.add_option("--json", json_file, "the report as JSON, too");
    CLI11_PARSE(app, argc, argv);

    options.time = of_seconds(seconds);
    options.warmup = of_seconds(warmup);
    load::expect_interrupts();
    load::server_under_load server;
    server.gateway = client::resolve("tcp", url);
    server.pid = pid;
    load::progress tell(load::verbosity::normal);
    auto found = load::run(options, server, dialects.at(dialect), tell);
    found.command = "gim_peer_load";
    for (int i = 1; i < argc; ++i) {
        found.command.append(" ").append(argv[i]);
    }
    found.server = url + " (" + dialect + ")";
    found.where = load::this_machine();
    found.server_cores = cores_of(pid);
    found.generator_cores = 1;
    if (!json_file.empty()) {
        std::ofstream file(json_file);
        file << report::report_json(found) << std::flush;
        if (!file) {
            throw std::runtime_error("cannot write " + json_file);
        }
    }
    std::fputs(report::report_text(found).c_str(), stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "gim_peer_load: %s\n", failure.what());
        return 1;
    }
}
