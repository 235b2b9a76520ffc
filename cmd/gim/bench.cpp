#include "gim/bench.hpp"

#include "gim/redis_floor.hpp"
#include "tools/load/core_plan.hpp"
#include "tools/load/interrupt.hpp"
#include "tools/load/private_redis.hpp"
#include "tools/load/private_server.hpp"
#include "tools/load/process_stats.hpp"
#include "tools/load/progress.hpp"
#include "tools/load/run.hpp"
#include "tools/report/report_html.hpp"
#include "tools/report/report_json.hpp"
#include "tools/report/report_text.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace gim::cmd {

namespace {

constexpr int exit_interrupted = 130;  // as a shell says it of SIGINT
constexpr int exit_not_intact = 3;

// Opened before the run, so that a name that cannot be written costs no minutes.
class report_file {
public:
    explicit report_file(const std::string& path) : path_(path) {
        if (!path.empty()) {
            out_.open(path, std::ios::binary | std::ios::trunc);
            check();
        }
    }
    bool is_wanted() const { return !path_.empty(); }
    void write(const std::string& text) {
        out_ << text;
        out_.close();
        check();
    }

private:
    void check() const {
        if (!out_) {
            throw std::runtime_error(path_ + ": " + std::strerror(errno));
        }
    }

    const std::string path_;
    std::ofstream out_;
};

// Differs from run to run, short as it is sent with every message.
std::string new_room_suffix() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    return '-' + std::to_string(ms % 100'000'000);
}

load::measurement measure_running(const bench_options& options, load::progress& tell) {
    load::server_under_load server;
    server.gateway = client::resolve("ws", options.url);
    if (!options.http_url.empty()) {
        server.api = client::resolve("http", options.http_url);
    }
    server.pid = options.pid;
    server.room_suffix = new_room_suffix();
    auto m = load::run(options.load, server, load::make_dialect_factory(options.load), tell);
    m.server = options.url;
    m.pinning = "none: the server was running already";
    return m;
}

load::measurement measure_own(
    const bench_options& options,
    const load::core_plan& cores,
    const load::private_redis* redis,
    load::progress& tell
) {
    std::vector<std::string> flags;
    load::server_under_load server;
    if (redis != nullptr) {
        flags = {"--storage=redis", "--redis-url=" + redis->url()};
        server.redis = redis->pid();
    }
    flags.insert(flags.end(), options.server_flags.begin(), options.server_flags.end());
    load::private_server own(options.workers, flags, cores.server);
    load::pin_self(cores.generator);
    server.gateway = own.gateway();
    server.api = own.api();
    server.pid = own.pid();
    auto m = load::run(options.load, server, load::make_dialect_factory(options.load), tell);
    m.server = own.command();
    m.pinning = cores.text;
    m.server_cores = static_cast<unsigned>(cores.server.size());
    if (const std::string complaints = own.complaints(); !complaints.empty()) {
        std::fputs(complaints.c_str(), stderr);
    }
    return m;
}

load::measurement measure(const bench_options& options, load::progress& tell) {
    if (!options.url.empty()) {
        return measure_running(options, tell);
    }
    const bool with_redis = options.storage == bench_storage::redis;
    const load::core_plan cores = load::plan_cores(
        load::usable_cores(),
        options.workers,
        with_redis ? load::beside_server::redis : load::beside_server::nothing
    );
    if (!with_redis) {
        return measure_own(options, cores, nullptr, tell);
    }
    const load::private_redis redis(cores.redis);
    auto m = measure_own(options, cores, &redis, tell);
    m.redis.value().shares_generator_core = cores.redis_shares_generator;
    // The server has ended: its core is free.
    measure_redis_floor(m, redis.port(), options.load.size, cores.server);
    return m;
}

}  // namespace

int bench(const bench_options& options) {
    report_file json(options.json_path);
    report_file html(options.html_path);
    const load::machine where = load::this_machine();  // with all cores, before one is chosen
    load::expect_interrupts();
    load::measurement m;
    try {
        load::progress tell(options.quiet ? load::verbosity::quiet : load::verbosity::normal);
        m = measure(options, tell);
    } catch (const load::interrupted&) {
        std::fputs("gim: interrupted\n", stderr);
        return exit_interrupted;
    }
    m.command = options.command;
    m.where = where;
    m.generator_cores = 1;
    std::fputs(report::report_text(m).c_str(), stdout);
    if (json.is_wanted()) {
        json.write(report::report_json(m));
    }
    if (html.is_wanted()) {
        html.write(report::report_html(m));
    }
    const bool is_intact =
        m.lost == 0 && m.duplicated == 0 && m.out_of_order == 0 && m.disconnected == 0;
    return is_intact ? 0 : exit_not_intact;
}

}  // namespace gim::cmd
