#include "tools/load/delivery_run.hpp"

#include "base/number_text.hpp"

#include <algorithm>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto settle_time = 200ms;
// How long nothing may come before the rest is taken for lost.
constexpr auto drain_time = 3s;
constexpr auto longest_drain = 30s;
// When nothing came for so long, what is under way is taken for lost, so that the rest is measured.
constexpr auto stall_time = 3s;
constexpr auto longest_wait = 10ms;

hearing hearing_of(const client::dialect_factory& speak) {
    return speak({})->hears_itself() ? hearing::own_messages : hearing::only_others;
}

}  // namespace

delivery_run::delivery_run(
    const load_options& options,
    const server_under_load& server,
    const client::dialect_factory& speak,
    progress& tell
)
    : crowd(sockets_, server.gateway, speak, tell),
      options_(options),
      under_load_(server),
      plan_(make_plan(options, hearing_of(speak), server.room_suffix)),
      recorder_(server.pid, server.redis, options.time),
      traffic_(options, plan_, connections(), recorder_) {}

measurement delivery_run::run() {
    connect_all();
    send_and_measure();
    drain();
    let_slow_members_read();
    return report();
}

void delivery_run::connect_all() {
    const auto resident = [&] { return under_load_.pid ? resident_bytes(*under_load_.pid) : 0; };
    const std::uint64_t resident_before = resident();
    std::vector<client::identity> who;
    for (const participant& p : plan_.participants) {
        if (p.stops_reading) {
            will_be_slow(who.size());
        }
        who.push_back(p.who);
    }
    bring_up(who);
    for (const auto end = clock::now() + settle_time; clock::now() < end;) {
        poller_.wait(10ms);
    }
    if (const std::uint64_t now = resident(); now > resident_before) {
        resident_ = static_cast<double>(now - resident_before) / static_cast<double>(who.size());
    }
}

void delivery_run::send_and_measure() {
    const auto begin = clock::now();
    const auto measured_from = begin + options_.warmup;
    const auto end = measured_from + options_.time;
    std::uint64_t bytes_before = 0;
    std::uint64_t frames_before = 0;
    bool has_begun = false;
    traffic_.start(begin);
    for (auto now = begin; !has_begun || recorder_.is_measuring(); now = clock::now()) {
        if (!has_begun && now >= measured_from) {
            has_begun = true;
            recorder_.begin(now);
            bytes_before = poller_.received_bytes();
            frames_before = frames_;
        }
        const auto free_for = traffic_.send(std::min(now, end));
        poller_.wait(std::min<clock::duration>(free_for, longest_wait));
        recorder_.turn(clock::now());
        if (options_.rate == 0 && now - traffic_.last_came() > stall_time) {
            ++given_up_;
            traffic_.give_up();
        }
        say_progress(now);
    }
    measured_bytes_ = poller_.received_bytes() - bytes_before;
    measured_frames_ = frames_ - frames_before;
    if (options_.rate > 0) {
        traffic_.send(end);  // what came due since the last turn
    }
    offered_ = traffic_.offered(end);
    sending_end_ = clock::now();
    sending_time_ = sending_end_ - begin;
}

// What still comes is late and not lost: an overloaded server may have seconds of it.
void delivery_run::drain() {
    const auto deadline = clock::now() + longest_drain;
    const auto is_coming = [&] {
        return clock::now() - std::max(traffic_.last_came(), sending_end_) < drain_time;
    };
    while (traffic_.outstanding() > 0 && is_coming() && clock::now() < deadline) {
        poller_.wait(longest_wait);
        if (progress_.is_due()) {
            progress_.say("waiting for " + base::count_of(traffic_.outstanding(), "delivery"));
        }
    }
}

// Whoever does not read does not learn either that the server has closed, as the end waits behind
// what was sent before. So they read what there is, until nothing comes any more.
void delivery_run::let_slow_members_read() {
    const std::size_t slow = options_.slow_members * options_.rooms;
    for (std::size_t i = 0; i < size(); ++i) {
        if (plan_.participants[i].stops_reading) {
            at(i).read_on();
        }
    }
    const auto deadline = clock::now() + drain_time;
    auto quiet_since = clock::now();
    while (slow_left_ < slow && clock::now() < deadline && clock::now() - quiet_since < settle_time
    ) {
        const std::uint64_t before = poller_.received_bytes();
        poller_.wait(longest_wait);
        if (poller_.received_bytes() != before) {
            quiet_since = clock::now();
        }
    }
}

void delivery_run::on_packet(connection& c, std::string_view bytes, std::uint64_t skipped) {
    if (const auto& receiver = plan_.participants[c.number()].receiver) {
        ++frames_;
        traffic_.on_packet(*receiver, bytes, skipped, poller_.now());
    }
}

void delivery_run::on_answer(connection& c, bool accepted) {
    if (const auto& sender = plan_.participants[c.number()].sender) {
        traffic_.on_answer(*sender, accepted, poller_.now());
    }
}

void delivery_run::on_left(connection& c, std::string_view why) {
    const participant& p = plan_.participants[c.number()];
    if (p.stops_reading) {
        ++slow_left_;
        return;
    }
    if (disconnected_++ == 0) {
        first_reason_ = why;
    }
    if (p.receiver) {
        traffic_.on_receiver_left(*p.receiver);
    }
}

void delivery_run::say_progress(clock::time_point now) {
    if (!progress_.is_due()) {
        return;
    }
    if (recorder_.samples().empty()) {
        progress_.say("warming up");
        return;
    }
    progress_.say(
        base::duration_text(now - recorder_.begin_of_measure()) + " of " +
        base::duration_text(options_.time) + ": " + base::grouped(recorder_.units_a_second()) +
        " deliveries/s, p99 " + base::duration_text(recorder_.samples().back().p99)
    );
}

measurement delivery_run::report() {
    measurement m;
    recorder_.report(m);
    const delivery_check::totals t = traffic_.result();
    m.connections = size();
    m.sending_time = sending_time_;
    m.offered = offered_;
    m.sent = t.sent;
    m.refused = t.refused;
    m.expected = t.expected;
    m.delivered = t.delivered;
    m.skipped = t.skipped;
    m.lost = t.lost;
    m.duplicated = t.duplicated;
    m.out_of_order = t.out_of_order;
    m.disconnected = disconnected_;
    m.bytes = measured_bytes_;
    m.frames = measured_frames_;
    m.resident_bytes_per_connection = resident_;
    if (disconnected_ > 0) {
        m.notes.push_back(
            base::count_of(disconnected_, "connection") +
            " ended early, the first one: " + first_reason_
        );
    }
    if (given_up_ > 0) {
        m.notes.push_back(
            "Nothing came for " + base::duration_text(stall_time) + ", " +
            base::count_of(given_up_, "time") +
            "; what was under way then was no longer waited for."
        );
    }
    if (t.stray > 0) {
        m.notes.push_back(
            base::count_of(t.stray, "message") + " came that this run never sent to their receiver."
        );
    }
    if (options_.slow_members > 0) {
        m.notes.push_back(
            "Of " + base::count_of(options_.slow_members * options_.rooms, "member") +
            " that stopped reading the server disconnected " + base::grouped(slow_left_) +
            "; what they missed is not counted as lost."
        );
    }
    return m;
}

}  // namespace gim::load
