#include "tools/load/idle_run.hpp"

#include "base/number_text.hpp"
#include "tools/load/process_stats.hpp"

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto settle_time = 500ms;

}  // namespace

idle_run::idle_run(
    const load_options& options,
    const server_under_load& server,
    const client::dialect_factory& speak,
    progress& tell
)
    : crowd(sockets_, server.gateway, speak, tell),
      options_(options),
      under_load_(server),
      recorder_(server.pid, server.redis, options.time) {}

measurement idle_run::run() {
    std::vector<client::identity> who(options_.connections);
    for (std::size_t i = 0; i < who.size(); ++i) {
        who[i].user = i;
        if (options_.dialect == dialect_kind::plain) {
            who[i].room = "idle" + under_load_.room_suffix;
        }
    }
    const auto& pid = under_load_.pid;
    const std::uint64_t resident_before = pid ? resident_bytes(*pid) : 0;
    const cpu_reading cpu_before = pid ? read_cpu(*pid) : cpu_reading{};
    bring_up(who);
    const cpu_reading cpu_up = pid ? read_cpu(*pid) : cpu_reading{};
    for (const auto end = clock::now() + settle_time; clock::now() < end;) {
        poller_.wait(10ms);
    }
    const std::uint64_t resident_up = pid ? resident_bytes(*pid) : 0;
    hold();

    measurement m;
    recorder_.report(m);
    m.unit = "connection";
    m.connections = size();
    m.delivered = size() - left_;
    m.units_in_time = size();
    m.disconnected = left_;
    m.latency = took_;
    const auto connections = static_cast<double>(size());
    if (resident_up > resident_before) {
        m.resident_bytes_per_connection =
            static_cast<double>(resident_up - resident_before) / connections;
    }
    m.notes.push_back("Latency is the time to connect and log in; CPU is that of holding them.");
    if (pid) {
        const auto each = between(cpu_before, cpu_up).total() / static_cast<std::int64_t>(size());
        m.notes.push_back(
            "To connect and log in took " + base::cpu_text(static_cast<double>(each.count())) +
            " of server CPU a connection."
        );
    }
    if (left_ > 0) {
        m.notes.push_back(
            base::count_of(left_, "connection") + " ended early, the first one: " + first_reason_
        );
    }
    return m;
}

void idle_run::hold() {
    recorder_.begin(clock::now());
    while (recorder_.is_measuring()) {
        poller_.wait(10ms);
        recorder_.turn(clock::now());
        if (progress_.is_due()) {
            progress_.say("holding " + std::to_string(size()) + " connections");
        }
    }
}

void idle_run::on_left(connection&, std::string_view why) {
    if (left_++ == 0) {
        first_reason_ = why;
    }
}

}  // namespace gim::load
