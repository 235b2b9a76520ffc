#include "tools/load/history_run.hpp"

#include "base/number_text.hpp"
#include "tools/client/gim_dialect.hpp"
#include "tools/client/http_dialect.hpp"
#include "tools/load/fixed_rate.hpp"

#include <algorithm>
#include <stdexcept>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

// What every room holds before it is asked.
constexpr std::size_t messages_a_room = 200;
constexpr std::size_t page = 50;

client::dialect_factory speak_http() {
    return [](const client::identity&) -> std::unique_ptr<client::dialect> {
        return std::make_unique<client::http_dialect>();
    };
}

// Every client of this run that is no http_dialect was made by make_dialect_factory().
client::gim_dialect& gim_of(connection& c) {
    return static_cast<client::gim_dialect&>(c.speaks());
}

}  // namespace

history_run::history_run(
    const load_options& options,
    const server_under_load& server,
    progress& tell
)
    : options_(options),
      under_load_(server),
      progress_(tell),
      recorder_(server.pid, server.redis, options.time),
      unmeasured_(std::nullopt, std::nullopt, options.time),
      speak_gim_(make_dialect_factory(options)),
      speak_http_(speak_http()),
      content_(options.size, 'x'),
      members_(
          poller_,
          server.gateway,
          speak_gim_,
          tell,
          recorder_,
          [this](connection& c) { gim_of(c).ask_history(session_of(c.number()), page, c.out()); }
      ),
      http_(
          poller_,
          *server.api,
          speak_http_,
          tell,
          recorder_,
          [this](connection& c) {
              const std::string& token = gim_of(members_.at(c.number())).token();
              client::http_dialect::ask_history(session_of(c.number()), page, token, c.out());
          }
      ),
      senders_(poller_, server.gateway, speak_gim_, tell, unmeasured_, [this](connection& c) {
          send(c);
      }) {}

measurement history_run::run() {
    bring_up();
    fill();
    ask_and_measure();
    return report();
}

std::string history_run::room_of(std::size_t member) const {
    return 'r' + std::to_string(member % options_.rooms) + under_load_.room_suffix;
}

void history_run::bring_up() {
    const std::size_t members = options_.rooms * options_.members;
    std::vector<client::identity> who;
    for (std::size_t i = 0; i < members; ++i) {
        who.push_back({i, room_of(i)});
    }
    members_.bring_up(who);
    // Each asks with the token of the member of its number.
    http_.bring_up(std::vector<client::identity>(std::min(members, (options_.inflight + 1) / 2)));
    std::vector<client::identity> senders;
    for (std::size_t i = 0; i < options_.rooms; ++i) {
        senders.push_back({members + i, room_of(i)});
    }
    senders_.bring_up(senders);
}

void history_run::send(connection& c) {
    c.speaks().send_to_room(room_of(c.number()), content_, c.out());
}

void history_run::fill() {
    const std::uint64_t wanted = messages_a_room * options_.rooms;
    senders_.start(senders_.size());
    while (senders_.answered() < wanted) {
        poller_.wait(100ms);
        if (senders_.refused() + senders_.left() > 0) {
            throw std::runtime_error(under_load_.gateway.text + ": a message was refused");
        }
        if (progress_.is_due()) {
            progress_.say("filling rooms: " + std::to_string(senders_.answered()) + " messages");
        }
    }
    senders_.stop();
}

void history_run::ask_and_measure() {
    const auto begin = clock::now();
    const auto measured_from = begin + options_.warmup;
    // A rate of none is one that comes once in a long time.
    const fixed_rate rate(begin, std::max<std::uint64_t>(options_.rate, 1));
    members_.start((options_.inflight + 1) / 2);
    http_.start(options_.inflight / 2);
    bool has_begun = false;
    while (!has_begun || recorder_.is_measuring()) {
        const auto now = clock::now();
        if (!has_begun && now >= measured_from) {
            has_begun = true;
            recorder_.begin(now);
        }
        clock::duration wait = 10ms;
        if (options_.rate > 0) {
            for (offered_ = rate.due_before(now); sent_ < offered_; ++sent_) {
                connection& c = senders_.at(sent_ % senders_.size());
                send(c);
                c.flush();
            }
            wait = std::min<clock::duration>(wait, rate.due(offered_) - now);
        }
        poller_.wait(wait);
        recorder_.turn(clock::now());
        if (progress_.is_due()) {
            progress_.say(std::to_string(recorder_.units_a_second()) + " answers/s");
        }
    }
    members_.stop();
    http_.stop();
    sending_time_ = clock::now() - begin;
}

measurement history_run::report() {
    measurement m;
    recorder_.report(m);
    m.unit = "answer";
    m.connections = members_.size() + http_.size() + senders_.size();
    m.sending_time = sending_time_;
    m.offered = offered_;
    m.sent = sent_;
    m.refused = members_.refused() + http_.refused();
    m.delivered = members_.answered() + http_.answered();
    m.disconnected = members_.left() + http_.left() + senders_.left();
    const auto note = [&](const std::string& what, const latency_histogram& took) {
        m.notes.push_back(
            what + ": " + base::grouped(took.count()) + " pages of " + std::to_string(page) +
            " messages, p50 " + base::duration_text(took.percentile(0.5)) + ", p99 " +
            base::duration_text(took.percentile(0.99)) + "."
        );
    };
    note("Op 203", members_.took());
    note("HTTP", http_.took());
    return m;
}

}  // namespace gim::load
