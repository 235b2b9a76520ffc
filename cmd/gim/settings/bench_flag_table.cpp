#include "gim/settings/bench_flag_table.hpp"

#include "model/requests.hpp"
#include "tools/load/marker.hpp"

#include <optional>
#include <string>
#include <utility>

namespace gim::cmd {

namespace {

using load::load_options;
using load::scenario;
using scenarios = std::set<scenario>;

const scenarios all{
    scenario::fanout,
    scenario::rooms,
    scenario::pairs,
    scenario::idle,
    scenario::connect,
    scenario::history,
    scenario::slow};
const scenarios with_rooms{scenario::fanout, scenario::rooms, scenario::history, scenario::slow};
const scenarios with_many_rooms{scenario::rooms, scenario::history};
const scenarios with_messages{
    scenario::fanout,
    scenario::rooms,
    scenario::pairs,
    scenario::history,
    scenario::slow};
const scenarios with_deliveries{scenario::fanout, scenario::rooms, scenario::slow};

constexpr std::size_t most = 10'000'000;

const scenarios with_inflight{
    scenario::fanout,
    scenario::rooms,
    scenario::pairs,
    scenario::connect,
    scenario::history,
    scenario::slow};

// "5" and "0.5" are seconds, "500ms" is a duration.
program::setter
seconds_into(program::duration& to, program::duration least, program::duration longest) {
    return [&to, least, longest](const std::string& text) -> program::problem {
        const bool is_number =
            !text.empty() && text.find_first_not_of("0123456789.") == std::string::npos;
        return program::duration_into(to, least, longest)(is_number ? text + "s" : text);
    };
}

program::setter text_into(std::string& to) {
    return [&to](const std::string& text) -> program::problem {
        if (text.empty()) {
            return "must not be empty";
        }
        to = text;
        return {};
    };
}

program::setter pid_into(std::optional<pid_t>& to) {
    return [&to](const std::string& text) -> program::problem {
        std::size_t pid = 0;
        if (program::problem bad = program::count_into(pid, 1, 1 << 22)(text)) {
            return bad;
        }
        to = static_cast<pid_t>(pid);
        return {};
    };
}

template <class Value>
using choices = std::vector<std::pair<std::string, Value>>;

template <class Value>
program::setter choice_into(Value& to, choices<Value> known) {
    return [&to, known = std::move(known)](const std::string& text) -> program::problem {
        std::string names;
        for (const auto& [name, value] : known) {
            if (name == text) {
                to = value;
                return {};
            }
            names += (names.empty() ? "must be " : " or ") + name;
        }
        return program::wrong(names, text);
    };
}

// What a number is by default in each scenario that knows it: "1000 (history 10, rooms 50)".
std::string defaults(const scenarios& known, std::size_t load_options::*member) {
    const std::size_t usual = load::defaults_of(*known.begin()).*member;
    std::string others;
    for (const scenario s : known) {
        const std::size_t value = load::defaults_of(s).*member;
        if (value != usual) {
            others += (others.empty() ? " (" : ", ") + std::string(load::name_of(s)) + ' ' +
                      std::to_string(value);
        }
    }
    return std::to_string(usual) + others + (others.empty() ? "" : ")");
}

}  // namespace

std::vector<bench_flag> bench_flags(bench_options& o) {
    using namespace std::chrono_literals;
    using l = load_options;
    load_options& load = o.load;
    const auto number = [&load](
                            const std::string& name,
                            const std::string& help,
                            std::size_t l::*member,
                            std::size_t least,
                            const scenarios& known
                        ) {
        program::setter set = program::count_into(load.*member, least, most);
        return bench_flag{{name, "Load", "N", help, defaults(known, member), set}, known};
    };
    return {
        number("--rooms", "Rooms", &l::rooms, 1, with_many_rooms),
        number("--members", "Members of each room", &l::members, 1, with_rooms),
        number(
            "--publishers",
            "Members that send, of all rooms together; 0: one of each room",
            &l::publishers,
            0,
            with_deliveries
        ),
        number(
            "--slow-members",
            "Members of the room beside those, that stop reading",
            &l::slow_members,
            1,
            {scenario::slow}
        ),
        number("--pairs", "Pairs of users", &l::pairs, 1, {scenario::pairs}),
        {{"--both-ways",
          "Load",
          "",
          "Both of a pair send, not just the first",
          "false",
          [&load](const std::string& text) -> program::problem {
              bool is_on = false;
              program::problem bad = program::switch_into(is_on)(text);
              load.direction = is_on ? load::ways::both : load::ways::one;
              return bad;
          }},
         {scenario::pairs}},
        number("--connections", "Connections that are held", &l::connections, 1, {scenario::idle}),
        number(
            "--inflight",
            "Messages of each publisher under way, or operations at a time",
            &l::inflight,
            1,
            with_inflight
        ),
        number(
            "--rate",
            "Messages a second of all publishers together; 0: as --inflight allows",
            &l::rate,
            0,
            with_messages
        ),
        {{"--size",
          "Load",
          "BYTES",
          "Content of a message, " + std::to_string(load::marker::length) + " to " +
              std::to_string(model::max_content_bytes),
          defaults(with_messages, &l::size),
          program::count_into(load.size, load::marker::length, model::max_content_bytes)},
         with_messages},
        {{"--protocol",
          "Load",
          "json|json-object|proto",
          "How frames are written; json has the body as text in a string",
          "json",
          choice_into<client::gim_form>(
              load.form,
              {{"json", client::gim_form::json_text},
               {"json-object", client::gim_form::json_object},
               {"proto", client::gim_form::protobuf}}
          )},
         all},
        {{"--dialect",
          "Load",
          "gim|plain",
          "plain: any WebSocket server that fans out what it gets, one room a path",
          "gim",
          choice_into<load::dialect_kind>(
              load.dialect, {{"gim", load::dialect_kind::gim}, {"plain", load::dialect_kind::plain}}
          )},
         {scenario::fanout, scenario::rooms, scenario::idle, scenario::connect, scenario::slow}},
        {{"--seconds",
          "Load",
          "SECONDS",
          "How long is measured, 0.1 to 86400",
          "5",
          seconds_into(load.time, 100ms, 24h)},
         all},
        {{"--warmup",
          "Load",
          "SECONDS",
          "How long the load runs before that, 0 to 3600",
          "1",
          seconds_into(load.warmup, 0s, 1h)},
         all},

        {{"--url",
          "Server",
          "ws://HOST:PORT",
          "A server that runs already",
          "a private one is started",
          text_into(o.url)},
         all},
        {{"--http-url",
          "Server",
          "http://HOST:PORT",
          "Its HTTP API; with --url only",
          "that of the private one",
          text_into(o.http_url)},
         {scenario::history}},
        {{"--pid",
          "Server",
          "PID",
          "Its process, to read CPU and memory; with --url only",
          "that of the private one",
          pid_into(o.pid)},
         all},
        {{"--workers",
          "Server",
          "N",
          "Gateway workers of the private server, each on its own core if there are enough",
          std::to_string(o.workers),
          program::count_into(o.workers, 1, 256)},
         all},
        {{"--storage",
          "Server",
          "memory|redis",
          "Where the private server keeps messages; redis: in a redis-server started for it",
          "memory",
          choice_into<bench_storage>(
              o.storage, {{"memory", bench_storage::memory}, {"redis", bench_storage::redis}}
          )},
         all},

        {{"--json",
          "Output",
          "FILE",
          "Writes the result for programs",
          "none",
          text_into(o.json_path)},
         all},
        {{"--report",
          "Output",
          "FILE.html",
          "Writes the result as a page with charts",
          "none",
          text_into(o.html_path)},
         all},
        {{"--quiet", "Output", "", "No progress on stderr", "false", program::switch_into(o.quiet)},
         all},
    };
}

}  // namespace gim::cmd
