#include "gim/settings/bench_flags.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace gim::cmd;
using namespace gim::program;
using namespace gim::load;
using namespace gim::client;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

bench_options options(const words& w) {
    auto parsed = parse_bench(w);
    if (const auto* exit = std::get_if<exit_now>(&parsed)) {
        FAIL_CHECK(exit->err);
        return {};
    }
    return std::get<bench_options>(parsed);
}

// The line of a usage error, which is always one line with the code 2.
std::string refusal(const words& w) {
    const auto parsed = parse_bench(w);
    const auto* exit = std::get_if<exit_now>(&parsed);
    if (exit == nullptr) {
        return "accepted";
    }
    CHECK(exit->code == 2);
    CHECK(exit->out.empty());
    CHECK(std::count(exit->err.begin(), exit->err.end(), '\n') == 1);
    return exit->err.substr(0, exit->err.size() - 1);
}

std::string help() {
    return std::get<exit_now>(parse_bench({"--help"})).out;
}

}  // namespace

TEST_CASE("every scenario has its own defaults") {
    const bench_options fanout = options({"fanout"});
    CHECK(fanout.load.what == scenario::fanout);
    CHECK(fanout.load.rooms == 1);
    CHECK(fanout.load.members == 1000);
    CHECK(fanout.load.inflight == 16);
    CHECK(fanout.load.rate == 0);
    CHECK(fanout.load.size == 64);
    CHECK(fanout.load.form == gim_form::json_text);
    CHECK(fanout.load.dialect == dialect_kind::gim);
    CHECK(fanout.load.time == 5s);
    CHECK(fanout.load.warmup == 1s);
    CHECK(fanout.workers == 1);
    CHECK(fanout.storage == bench_storage::memory);
    CHECK(fanout.url.empty());
    CHECK_FALSE(fanout.quiet);

    const load_options rooms = options({"rooms"}).load;
    CHECK(rooms.rooms == 100);
    CHECK(rooms.members == 50);
    CHECK(rooms.all_publishers() == 100);
    CHECK(rooms.inflight == 1);
    CHECK(options({"private"}).load.pairs == 200);
    CHECK(options({"idle"}).load.connections == 10'000);
    CHECK(options({"connect"}).load.inflight == 16);
    CHECK(options({"history"}).load.rate == 100);
    CHECK(options({"slow"}).load.slow_members == 10);
}

TEST_CASE("flags may stand on either side of the scenario") {
    CHECK(options({"fanout", "--members", "7"}).load.members == 7);
    CHECK(options({"--members=7", "fanout"}).load.members == 7);
}

TEST_CASE("every flag sets its option") {
    const bench_options o = options(
        {"rooms",
         "--rooms=3",
         "--members=5",
         "--publishers=6",
         "--inflight=2",
         "--rate=100",
         "--size=29",
         "--protocol=proto",
         "--seconds=0.5",
         "--warmup=250ms",
         "--workers=2",
         "--storage=redis",
         "--json=a.json",
         "--report=a.html",
         "--quiet"}
    );
    CHECK(o.load.rooms == 3);
    CHECK(o.load.members == 5);
    CHECK(o.load.publishers == 6);
    CHECK(o.load.inflight == 2);
    CHECK(o.load.rate == 100);
    CHECK(o.load.size == 29);
    CHECK(o.load.form == gim_form::protobuf);
    CHECK(o.load.time == 500ms);
    CHECK(o.load.warmup == 250ms);
    CHECK(o.workers == 2);
    CHECK(o.storage == bench_storage::redis);
    CHECK(o.json_path == "a.json");
    CHECK(o.html_path == "a.html");
    CHECK(o.quiet);
    CHECK(options({"private", "--both-ways", "--pairs=3"}).load.direction == ways::both);
    CHECK(options({"private", "--both-ways=false"}).load.direction == ways::one);
    CHECK(options({"fanout", "--protocol=json-object"}).load.form == gim_form::json_object);
    CHECK(options({"fanout", "--dialect=plain"}).load.dialect == dialect_kind::plain);
    CHECK(options({"idle", "--connections=9"}).load.connections == 9);
    CHECK(options({"slow", "--slow-members=2"}).load.slow_members == 2);
}

TEST_CASE("a server that runs already is given by URL and process") {
    const bench_options o =
        options({"history", "--url=ws://127.0.0.1:1", "--http-url=http://127.0.0.1:2", "--pid=123"}
        );
    CHECK(o.url == "ws://127.0.0.1:1");
    CHECK(o.http_url == "http://127.0.0.1:2");
    CHECK(o.pid == 123);
}

TEST_CASE("what follows -- is for the private server, as it is") {
    const words flags = {"--message-push-count=50", "--help", "fanout"};
    words w = {"fanout", "--members=7", "--"};
    w.insert(w.end(), flags.begin(), flags.end());
    CHECK(options(w).server_flags == flags);
    CHECK(options(w).load.members == 7);
    CHECK(
        options(w).command ==
        "gim bench fanout --members=7 -- --message-push-count=50 --help fanout"
    );
    CHECK(options({"fanout", "--"}).server_flags.empty());
}

TEST_CASE("a bad value is one line that names the flag and what is allowed") {
    struct row {
        words given;
        const char* line;
    };
    const row rows[] = {
        {{"fanout", "--members=0"}, "--members: must be 1 to 10000000, got \"0\""},
        {{"fanout", "--size=28"}, "--size: must be 29 to 32768, got \"28\""},
        {{"fanout", "--size=32769"}, "--size: must be 29 to 32768, got \"32769\""},
        {{"fanout", "--seconds=0"}, "--seconds: must be 100ms to 24h, got \"0s\""},
        {{"fanout", "--seconds=soon"}, "--seconds: must be 100ms to 24h, got \"soon\""},
        {{"fanout", "--protocol=xml"},
         "--protocol: must be json or json-object or proto, got \"xml\""},
        {{"fanout", "--storage=disk"}, "--storage: must be memory or redis, got \"disk\""},
        {{"fanout", "--dialect=mqtt"}, "--dialect: must be gim or plain, got \"mqtt\""},
        {{"fanout", "--publishers=1001"}, "--publishers: must be at most the 1000 members"},
        {{"private", "--both-ways=maybe"}, "--both-ways: must be true or false, got \"maybe\""},
        {{"fanout", "--url", ""}, "--url: must not be empty"},
        {{"fanout", "--pid=0", "--url=ws://a:1"}, "--pid: must be 1 to 4194304, got \"0\""},
        {{"fanout", "--members"}, "--members: needs a value"},
    };
    for (const row& r : rows) {
        CAPTURE(r.line);
        CHECK(refusal(r.given) == std::string("gim: ") + r.line);
    }
}

TEST_CASE("a flag that means nothing to the scenario is refused") {
    CHECK(refusal({"fanout", "--pairs=3"}) == "gim: --pairs: has no meaning in fanout");
    CHECK(refusal({"idle", "--size=64"}) == "gim: --size: has no meaning in idle");
    CHECK(refusal({"private", "--dialect=plain"}) == "gim: --dialect: has no meaning in private");
}

TEST_CASE("what contradicts itself is refused") {
    CHECK(
        refusal({"fanout", "--pid=5"}) ==
        "gim: --http-url and --pid: are for a server given by --url"
    );
    CHECK(
        refusal({"fanout", "--url=ws://127.0.0.1:1", "--", "--x"}) ==
        "gim: what follows -- is for a private server, and --url starts none"
    );
    CHECK(
        refusal({"fanout", "--url=ws://127.0.0.1:1", "--workers=2"}) ==
        "gim: --workers: is for a private server, and --url starts none"
    );
    CHECK(
        refusal({"fanout", "--url=ws://127.0.0.1:1", "--storage=redis"}) ==
        "gim: --storage: is for a private server, and --url starts none"
    );
}

TEST_CASE("what bench does not know is refused by name") {
    CHECK(refusal({}) == "gim: bench: needs a scenario, see gim bench --help");
    CHECK(refusal({"dance"}) == "gim: bench: unknown scenario \"dance\", see gim bench --help");
    CHECK(
        refusal({"fanout", "rooms"}) ==
        "gim: bench: unknown scenario \"rooms\", see gim bench --help"
    );
    CHECK(refusal({"fanout", "--dance"}) == "gim: unknown flag \"--dance\", see gim bench --help");
    CHECK(refusal({"--dance", "fanout"}) == "gim: unknown flag \"--dance\", see gim bench --help");
}

TEST_CASE("the help tells every scenario, the defaults and examples") {
    const std::string text = help();
    for (const char* name : {"fanout", "rooms", "private", "idle", "connect", "history", "slow"}) {
        CAPTURE(name);
        CHECK(text.find("\n  " + std::string(name) + ' ') != std::string::npos);
    }
    CHECK(text.find("[default: 1000 (rooms 50, history 10, slow 200)]") != std::string::npos);
    CHECK(text.find("\n  gim bench fanout --members 1000") != std::string::npos);
    CHECK(text.find("Exit codes") != std::string::npos);
    CHECK(text.find("GIM_") == std::string::npos);
    CHECK(text.find("\n\n\n") == std::string::npos);
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 100);
    }
    CHECK(std::get<exit_now>(parse_bench({"rooms", "-h"})).out == text);
}
