#include "tools/load/connect_run.hpp"

#include "base/number_text.hpp"
#include "tools/load/crowd.hpp"

#include <stdexcept>
#include <utility>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

// A port that was used rests for a while. Together these addresses have more ports than a run uses
// up in that time.
constexpr std::size_t sources = 200;
// So many users come back again and again, as a server may keep something of each.
constexpr std::size_t users = 10'000;
constexpr auto patience = 10s;

}  // namespace

connect_run::connect_run(
    const load_options& options,
    const server_under_load& server,
    const client::dialect_factory& speak,
    progress& tell
)
    : options_(options),
      under_load_(server),
      speak_(speak),
      progress_(tell),
      recorder_(server.pid, server.redis, options.time),
      begun_(options.inflight) {
    allow_connections(options.inflight);
    connection::owner& self = *this;
    for (std::size_t i = 0; i < options.inflight; ++i) {
        connections_.emplace_back(sockets_, self, i);
    }
}

measurement connect_run::run() {
    const auto begin = clock::now();
    auto moved = begin;
    std::uint64_t moved_to = 0;
    bool has_begun = false;
    for (connection& c : connections_) {
        begin_again(c);
    }
    while (!has_begun || recorder_.is_measuring()) {
        sockets_.wait(10ms);
        // Only here, as a connection must not be begun from within its own callback.
        for (const std::size_t number : std::exchange(finished_, {})) {
            begin_again(connections_[number]);
        }
        const auto now = clock::now();
        if (succeeded_ != moved_to) {
            moved_to = succeeded_;
            moved = now;
        } else if ((succeeded_ == 0 && failed_ > 0) || now - moved > patience) {
            throw std::runtime_error(
                under_load_.gateway.text + ": " +
                (failed_ > 0 ? first_reason_ : "nobody could connect for 10 s")
            );
        }
        if (!has_begun && now >= begin + options_.warmup) {
            has_begun = true;
            recorder_.begin(now);
        }
        recorder_.turn(now);
        if (progress_.is_due()) {
            progress_.say(base::grouped(recorder_.units_a_second()) + " connections/s");
        }
    }
    measurement m;
    recorder_.report(m);
    m.unit = "connection";
    m.connections = options_.inflight;
    m.delivered = succeeded_;
    m.disconnected = failed_;
    if (failed_ > 0) {
        m.notes.push_back(
            base::count_of(failed_, "attempt") + " failed, the first one: " + first_reason_
        );
    }
    return m;
}

void connect_run::begin_again(connection& c) {
    client::identity who;
    who.user = attempts_ % users;
    if (options_.dialect == dialect_kind::plain) {
        who.room = "storm" + under_load_.room_suffix;
    }
    begun_[c.number()] = clock::now();
    c.connect(under_load_.gateway, attempts_ % sources, speak_(who));
    ++attempts_;
}

void connect_run::on_ready(connection& c) {
    ++succeeded_;
    recorder_.on_unit(begun_[c.number()], sockets_.now());
    finished_.push_back(c.number());
}

void connect_run::on_end(connection& c, std::string_view why) {
    if (failed_++ == 0) {
        first_reason_ = why;
    }
    finished_.push_back(c.number());
}

}  // namespace gim::load
