#include "gim/settings/bench_flags.hpp"

#include "gim/settings/bench_flag_table.hpp"
#include "program/flags/flag_sources.hpp"

#include <algorithm>
#include <utility>

namespace gim::cmd {

namespace {

constexpr auto about = "Measures a server under load";
constexpr auto usage = R"(
Usage: gim bench SCENARIO [flags] [-- flags of the private server]

Scenarios:
  fanout   one room: what its publishers send goes to every member
  rooms    many rooms, one publisher in each
  private  users in pairs, who send to each other
  idle     connections that log in and are held: memory of each
  connect  connect, log in and close, again and again
  history  pages of history over op 203 and HTTP, while rooms are sent to
  slow     as fanout, but some members stop reading: do the others lose anything?

)";
constexpr auto footer =
    R"(Units: a rate is messages a second, times are seconds (0.5) or durations (500ms), latencies are
measured from when a message was to be sent until a receiver has it.
Without --url a private server is started, on a core of its own if there are two, with
  --gateway-worker=1 --enable-message-sequence --message-push-count=1 --log-level=warn
and what follows "--"; it ends with the run. With --storage redis its redis-server (out of PATH) has
the generator's core, or one of three its own, and redis-benchmark is run against it after the load.

Examples:
  gim bench fanout --members 1000 --size 64 --inflight 16
  gim bench private --rate 20000 --report private.html
  gim bench rooms --rooms 100 --members 1 --inflight 64 --storage redis
  gim bench fanout --protocol proto --inflight 200 -- --message-push-count=50 \
      --message-push-duration=20ms

Exit codes: 0; 1 if it could not be run; 2 for a wrong flag; 3 if a message was lost, duplicated or
out of order, or a connection ended early; 130 if it was interrupted.)";

// What may not stand together.
program::problem check_together(const bench_options& o) {
    if (o.url.empty() && (!o.http_url.empty() || o.pid)) {
        return "--http-url and --pid: are for a server given by --url";
    }
    if (!o.url.empty() && !o.server_flags.empty()) {
        return "what follows -- is for a private server, and --url starts none";
    }
    if (!o.url.empty() && o.workers != 1) {
        return "--workers: is for a private server, and --url starts none";
    }
    if (!o.url.empty() && o.storage != bench_storage::memory) {
        return "--storage: is for a private server, and --url starts none";
    }
    const std::size_t members = o.load.rooms * o.load.members;
    if (o.load.publishers > members) {
        return "--publishers: must be at most the " + std::to_string(members) + " members";
    }
    return {};
}

}  // namespace

std::variant<bench_options, program::exit_now> parse_bench(const std::vector<std::string>& words) {
    // What follows "--" is the private server's.
    const auto own_end = std::find(words.begin(), words.end(), "--");
    bench_options o;
    std::vector<bench_flag> known = bench_flags(o);
    std::vector<program::flag> flags;
    for (const bench_flag& b : known) {
        flags.push_back(b.f);
    }
    auto parsed = program::from_arguments(
        flags, {about, usage, footer}, program::flag_help::plain, {words.begin(), own_end}
    );
    if (auto* exit = std::get_if<program::exit_now>(&parsed)) {
        return std::move(*exit);
    }
    const program::arguments& read = std::get<program::arguments>(parsed);
    if (read.rest.empty()) {
        return program::usage_error("bench: needs a scenario, see gim bench --help");
    }
    const auto what = load::scenario_of(read.rest.front());
    const std::string& first_unknown = what ? read.rest.back() : read.rest.front();
    if (first_unknown.starts_with('-')) {
        return program::usage_error(
            "unknown flag " + program::quoted(first_unknown) + ", see gim bench --help"
        );
    }
    if (!what || read.rest.size() > 1) {
        return program::usage_error(
            "bench: unknown scenario " + program::quoted(first_unknown) + ", see gim bench --help"
        );
    }
    o.load = load::defaults_of(*what);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        const auto text = read.given.find(&flags[i]);
        if (text == read.given.end()) {
            continue;
        }
        const std::string name = flags[i].name();
        if (known[i].known.count(*what) == 0) {
            return program::usage_error(name + ": has no meaning in " + read.rest.front());
        }
        if (const program::problem bad = flags[i].apply(text->second.back())) {
            return program::usage_error(name + ": " + *bad);
        }
    }
    if (own_end != words.end()) {
        o.server_flags.assign(own_end + 1, words.end());
    }
    if (const program::problem bad = check_together(o)) {
        return program::usage_error(*bad);
    }
    o.command = "gim bench";
    for (const std::string& word : words) {
        o.command += ' ' + word;
    }
    return o;
}

}  // namespace gim::cmd
