#include "unit/cmd/settings/parsed_flags.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;
using gim::test::options;
using gim::test::parse;
using gim::test::parsed;
using gim::test::refusal;

namespace {

std::string help() {
    return std::get<exit_now>(parse({"--help"})).out;
}

}  // namespace

TEST_CASE("nothing given means the defaults") {
    const serve_options o = options({});
    CHECK(to_string(o.gateway_address) == ":8080");
    CHECK(to_string(o.api_address) == ":8081");
    CHECK(o.gateway_workers == default_gateway_workers());
    CHECK(o.gateway_workers >= 1);
    CHECK(o.gateway.pending_bytes == quarter_of_memory());
    CHECK(o.gateway.pending_bytes >= least_max_memory);
    CHECK(o.protocol == message_protocol::json);
    CHECK_FALSE(o.message_sequence);
    CHECK(o.push_count == 10);
    CHECK(o.push_interval == 200ms);
    CHECK(o.push_concurrency_limit == 0);
    CHECK(o.trace_header == "trace");
    CHECK(o.heartbeat_interval == 60s);
    CHECK(o.storage.history == 1000);
    CHECK(o.drain_timeout == 25s);
    CHECK(o.storage.history_bytes == quarter_of_memory());
    CHECK(o.storage.rooms == 1'000'000);
    CHECK(o.storage.users == 1'000'000);
    CHECK(o.write_coalesce == 1ms);
    CHECK_FALSE(o.compression);
    CHECK(o.deflate.window_bits == 15);
    CHECK(o.deflate.threshold == 256);
    CHECK(o.log_level == "info");
    CHECK(o.log_file.empty());
    CHECK(o.log_lines == log_form::text);
    CHECK(o.token_secret.empty());
    CHECK(o.token_ttl == 24h);
    CHECK(o.admission.connections == 100'000);
    CHECK(o.admission.connections_per_address == 1000);
    CHECK(o.admission.handshakes == 1000);
    CHECK(o.admission.handshakes_per_address == 100);
    CHECK_FALSE(o.doors.origins.is_said());
    CHECK(o.doors.trusted_proxies.is_empty());
    CHECK(o.doors.proxies_send == gim::net::proxy_protocol::off);
    CHECK(o.http.head_bytes == 8192);
    CHECK(o.http.fields == 64);
    CHECK(o.http.body_bytes == 1024 * 1024);
    CHECK(o.http_header_timeout == 5s);
    CHECK(o.http_body_timeout == 10s);
    CHECK(o.http_idle_timeout == 60s);
}

TEST_CASE("every name of a flag sets its option, with a space and with an equals sign") {
    struct row {
        const char* name;
        const char* value;
        bool (*is_set)(const serve_options&);
    };
    using o = serve_options;
    const auto ws = [](const o& s) { return to_string(s.gateway_address) == "[::1]:80"; };
    const auto http = [](const o& s) { return to_string(s.api_address) == "127.0.0.1:0"; };
    const auto workers = [](const o& s) { return s.gateway_workers == 3; };
    const auto trace = [](const o& s) { return s.trace_header == "X-Id"; };
    const row rows[] = {
        {"--gateway-address", "[::1]:80", ws},
        {"--ws", "[::1]:80", ws},
        {"--api-address", "localhost:0", http},
        {"--http", "127.0.0.1:0", http},
        {"--gateway-worker", "3", workers},
        {"--ws-worker", "3", workers},
        {"--message-protocol",
         "proto",
         [](const o& s) { return s.protocol == message_protocol::proto; }},
        {"--message-push-count", "1000", [](const o& s) { return s.push_count == 1000; }},
        {"--message-push-duration", "1m30s", [](const o& s) { return s.push_interval == 90s; }},
        {"--message-push-concurrency-limit",
         "7",
         [](const o& s) { return s.push_concurrency_limit == 7; }},
        {"--storage", "memory", [](const o&) { return true; }},
        {"--trace-header", "X-Id", trace},
        {"--trace", "X-Id", trace},
        {"--heartbeat-interval", "100ms", [](const o& s) { return s.heartbeat_interval == 100ms; }},
        {"--drain-timeout", "0", [](const o& s) { return s.drain_timeout == 0s; }},
        {"--session-history", "1", [](const o& s) { return s.storage.history == 1; }},
        {"--write-coalesce", "0", [](const o& s) { return s.write_coalesce == 0s; }},
        {"--compression-window", "9", [](const o& s) { return s.deflate.window_bits == 9; }},
        {"--compression-threshold", "1KiB", [](const o& s) { return s.deflate.threshold == 1024; }},
        {"--log-file", "gim.log", [](const o& s) { return s.log_file == "gim.log"; }},
        {"--log-format", "json", [](const o& s) { return s.log_lines == log_form::json; }},
        {"--log-level", "off", [](const o& s) { return s.log_level == "off"; }},
        {"--token-secret",
         "0123456789abcdef",
         [](const o& s) { return s.token_secret == "0123456789abcdef"; }},
        {"--max-connections", "0", [](const o& s) { return s.admission.connections == 0; }},
        {"--max-connections-per-address",
         "7",
         [](const o& s) { return s.admission.connections_per_address == 7; }},
        {"--allowed-origins",
         "https://game.example",
         [](const o& s) { return s.doors.origins.has_list(); }},
        {"--trusted-proxies",
         "10.0.0.0/8,::1",
         [](const o& s) { return !s.doors.trusted_proxies.is_empty(); }},
        {"--http-header-bytes", "1KiB", [](const o& s) { return s.http.head_bytes == 1024; }},
        {"--http-header-fields", "8", [](const o& s) { return s.http.fields == 8; }},
        {"--http-header-timeout", "1s", [](const o& s) { return s.http_header_timeout == 1s; }},
        {"--http-body-bytes", "2MiB", [](const o& s) { return s.http.body_bytes == 2 << 20; }},
        {"--http-body-timeout", "1s", [](const o& s) { return s.http_body_timeout == 1s; }},
        {"--http-idle-timeout", "1s", [](const o& s) { return s.http_idle_timeout == 1s; }},
        {"--max-handshakes", "50", [](const o& s) { return s.admission.handshakes == 50; }},
        {"--max-handshakes-per-address",
         "5",
         [](const o& s) { return s.admission.handshakes_per_address == 5; }},
        {"--token-ttl", "1s", [](const o& s) { return s.token_ttl == 1s; }},
        {"--max-message", "1024", [](const o& s) { return s.gateway.message_bytes == 1024; }},
        {"--max-message-frames", "1", [](const o& s) { return s.gateway.message_frames == 1; }},
        {"--message-timeout", "1s", [](const o& s) { return s.gateway.message_timeout == 1s; }},
        {"--login-message",
         "1KiB",
         [](const o& s) { return s.gateway.login_message_bytes == 1024; }},
        {"--login-timeout", "1s", [](const o& s) { return s.gateway.login_timeout == 1s; }},
        {"--close-timeout", "1s", [](const o& s) { return s.gateway.close_timeout == 1s; }},
        {"--max-requests", "0", [](const o& s) { return !s.gateway.requests.limit.is_on(); }},
        {"--max-requests-burst",
         "7",
         [](const o& s) { return s.gateway.requests.limit.burst == 7; }},
        {"--max-requests-patience",
         "1s",
         [](const o& s) { return s.gateway.requests.patience == 1s; }},
        {"--max-rooms-per-user", "0", [](const o& s) { return s.quotas.rooms_of_user == 0; }},
        {"--max-room-members", "5", [](const o& s) { return s.quotas.members_of_room == 5; }},
        {"--max-sends-per-user", "0", [](const o& s) { return !s.quotas.sends_of_user.is_on(); }},
        {"--max-sends-per-user-burst",
         "5",
         [](const o& s) { return s.quotas.sends_of_user.burst == 5; }},
        {"--max-sends-per-room", "5", [](const o& s) { return s.quotas.sends_to_room.count == 5; }},
        {"--max-sends-per-room-burst",
         "5",
         [](const o& s) { return s.quotas.sends_to_room.burst == 5; }},
        {"--room-slow-mode", "5s", [](const o& s) { return s.quotas.slow_mode == 5s; }},
        {"--max-memory", "3GiB", [](const o& s) { return s.gateway.pending_bytes >> 30 == 3; }},
        {"--max-memory", "4MiB", [](const o& s) { return s.gateway.pending_bytes == 4 << 20; }},
        {"--max-memory", "0", [](const o& s) { return s.gateway.pending_bytes == 0; }},
        {"--history-memory", "1MiB", [](const o& s) { return s.storage.history_bytes >> 20 == 1; }},
        {"--max-rooms", "7", [](const o& s) { return s.storage.rooms == 7; }},
        {"--max-users", "0", [](const o& s) { return s.storage.users == 0; }},
        {"--user-silence", "1h", [](const o& s) { return s.storage.user_silence == 1h; }},
        {"--max-sessions-per-user",
         "9",
         [](const o& s) { return s.storage.private_sessions_of_user == 9; }},
        {"--outbox-soft", "0", [](const o& s) { return s.gateway.outbox.soft_bytes == 0; }},
        {"--outbox-hard",
         "2MiB",
         [](const o& s) { return s.gateway.outbox.hard_bytes == 2 << 20; }},
        {"--outbox-frames", "16", [](const o& s) { return s.gateway.outbox.hard_frames == 16; }},
        {"--outbox-age", "0", [](const o& s) { return s.gateway.outbox_age == 0s; }},
        {"--send-buffer", "64KiB", [](const o& s) { return s.gateway.send_buffer_bytes == 65536; }},
    };
    const std::string text = help();
    for (const row& r : rows) {
        CAPTURE(r.name);
        const std::string joined = std::string(r.name) + "=" + r.value;
        CHECK(r.is_set(options({r.name, r.value})));
        CHECK(r.is_set(options({joined.c_str()})));
        CHECK(r.is_set(options({"serve", r.name, r.value})));
        CHECK(text.find(r.name) != std::string::npos);
    }
}

TEST_CASE("a quarter of a machine's memory is whole MiB that --max-memory may be") {
    constexpr std::size_t mib = 1024 * 1024;
    CHECK(quarter_of(8192 * mib) == 2048 * mib);
    CHECK(quarter_of(8192 * mib - 1) == 2047 * mib);
    CHECK(quarter_of(20 * mib) == 5 * mib);
    CHECK(quarter_of(16 * mib) == 4 * mib);
    for (const std::size_t tiny : {std::size_t{0}, std::size_t{1}, mib, 8 * mib, 16 * mib - 1}) {
        CHECK(quarter_of(tiny) == 4 * mib);
    }
    CHECK(quarter_of(~std::size_t{0}) == std::size_t{1} << 40);
    // The default is a value that may be said.
    const auto said = "--max-memory=" + std::to_string(quarter_of(mib));
    CHECK(options({said.c_str()}).gateway.pending_bytes == quarter_of(mib));
}

TEST_CASE("the sequence is switched by both spellings, alone or with a value") {
    for (const std::string name : {"--enable-message-sequence", "--enbale-message-sequence"}) {
        CAPTURE(name);
        CHECK(options({name.c_str()}).message_sequence);
        CHECK(options({(name + "=true").c_str()}).message_sequence);
        CHECK_FALSE(options({(name + "=false").c_str()}).message_sequence);
        CHECK_FALSE(options({name.c_str(), (name + "=false").c_str()}).message_sequence);
        CHECK(
            refusal({(name + "=maybe").c_str()}) ==
            "gim: --enable-message-sequence: must be true or false, got \"maybe\""
        );
    }
}

TEST_CASE("a bad value is one line that names the flag and what is allowed") {
    struct row {
        const char* argument;
        const char* line;
    };
    const row rows[] = {
        {"--message-push-count=0", "--message-push-count: must be 1 to 1000, got \"0\""},
        {"--message-push-count=1001", "--message-push-count: must be 1 to 1000, got \"1001\""},
        {"--message-push-count=-1", "--message-push-count: must be 1 to 1000, got \"-1\""},
        {"--message-push-count=2x", "--message-push-count: must be 1 to 1000, got \"2x\""},
        {"--message-push-duration=0", "--message-push-duration: must be 1ms to 1h, got \"0\""},
        {"--message-push-duration=5", "--message-push-duration: must be 1ms to 1h, got \"5\""},
        {"--heartbeat-interval=99ms", "--heartbeat-interval: must be 100ms to 24h, got \"99ms\""},
        {"--write-coalesce=-1ms", "--write-coalesce: must be 0s to 1s, got \"-1ms\""},
        {"--compression-window=8", "--compression-window: must be 9 to 15, got \"8\""},
        {"--compression-threshold=1MiB",
         "--compression-threshold: must be 0 to 64KiB, got \"1MiB\""},
        {"--ws-worker=257", "--gateway-worker: must be 1 to 256, got \"257\""},
        {"--session-history=0", "--session-history: must be 1 to 1000000, got \"0\""},
        {"--token-ttl=0", "--token-ttl: must be 1s to 8760h, got \"0\""},
        {"--max-message=2MiB", "--max-message: must be 1KiB to 1MiB, got \"2MiB\""},
        {"--max-message=4kb", "--max-message: must be 1KiB to 1MiB, got \"4kb\""},
        {"--max-message=KiB", "--max-message: must be 1KiB to 1MiB, got \"KiB\""},
        {"--outbox-soft=-1", "--outbox-soft: must be 0 to 1GiB, got \"-1\""},
        {"--outbox-hard=17179869184GiB",
         "--outbox-hard: must be 128KiB to 1GiB, got \"17179869184GiB\""},
        {"--max-memory=3MiB", "--max-memory: must be 4MiB to 1024GiB, got \"3MiB\""},
        {"--max-memory=4194303", "--max-memory: must be 4MiB to 1024GiB, got \"4194303\""},
        {"--max-memory=1", "--max-memory: must be 4MiB to 1024GiB, got \"1\""},
        {"--max-memory=1025GiB", "--max-memory: must be 4MiB to 1024GiB, got \"1025GiB\""},
        {"--max-memory=none", "--max-memory: must be 4MiB to 1024GiB, got \"none\""},
        {"--message-protocol=xml", "--message-protocol: must be json or proto, got \"xml\""},
        {"--log-format=xml", "--log-format: must be text or json, got \"xml\""},
        {"--log-level=loud",
         "--log-level: must be trace, debug, info, warn, error or off, got \"loud\""},
        {"--trace=Authorization",
         "--trace-header: must not be a field of credentials, which the log would show, "
         "got \"Authorization\""},
        {"--trace=a b",
         "--trace-header: must be the name of an HTTP field, at most 64 bytes, got \"a b\""},
        {"--ws=8080",
         "--gateway-address: must be :PORT, IPV4:PORT or [IPV6]:PORT with a port of 0 to 65535, "
         "got \"8080\""},
        {"--http=example.com:80",
         "--api-address: must be :PORT, IPV4:PORT or [IPV6]:PORT (host names are not looked up), "
         "got \"example.com:80\""},
        {"--redis-url=redis://user@host",
         "--redis-url: must be redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]: in front of @ "
         "stands USER:PASSWORD or :PASSWORD, with the colon"},
        {"--redis-url=rediss://host",
         "--redis-url: rediss is not spoken: Debian 12's hiredis has no TLS; name a proxy that "
         "does "
         "it, as near as redis://127.0.0.1:PORT"},
        {"--redis-prefix={gim}",
         "--redis-prefix: must be at most 64 visible characters without braces, got \"{gim}\""},
        {"--redis-ttl=1s", "--redis-ttl: must be 1m to 87600h, got \"1s\""},
        {"--advertise-address=a b",
         "--advertise-address: must be 1 to 256 visible characters, got \"a b\""},
        {"--storage=disk", "--storage: must be memory or redis, got \"disk\""},
        {"--storage=a\nb", "--storage: must be memory or redis, got \"a?b\""},
    };
    for (const row& r : rows) {
        CAPTURE(r.argument);
        CHECK(refusal({r.argument}) == std::string("gim: ") + r.line);
    }
}

TEST_CASE("a certificate needs its key, and a key its certificate") {
    CHECK(options({}).tls_cert.empty());
    const auto o = options({"--tls-cert", "a.pem", "--tls-key=b.pem"});
    CHECK(o.tls_cert == "a.pem");
    CHECK(o.tls_key == "b.pem");
    CHECK(refusal({"--tls-cert", "a.pem"}) == "gim: --tls-cert: needs --tls-key, too");
    CHECK(refusal({"--tls-key", "b.pem"}) == "gim: --tls-key: needs --tls-cert, too");
    CHECK(options({"--tls-cert", "a"}, {{"GIM_TLS_KEY", "b"}}).tls_key == "b");
}

TEST_CASE("profiling is switched on under each of its names, and off without") {
    CHECK_FALSE(options({}).profiling);
    for (const std::string name : {"--profiling-enabled", "--profiling", "--enable-profiling"}) {
        CAPTURE(name);
        CHECK(options({name.c_str()}).profiling);
        CHECK(options({(name + "=true").c_str()}).profiling);
        CHECK_FALSE(options({(name + "=false").c_str()}).profiling);
    }
}

TEST_CASE("what gim does not know is refused by name") {
    CHECK(refusal({"dance"}) == "gim: unknown command \"dance\", see gim --help");
    CHECK(refusal({"serve", "dance"}) == "gim: unknown command \"dance\", see gim --help");
    CHECK(refusal({"--dance", "3"}) == "gim: unknown flag \"--dance\", see gim --help");
    CHECK(refusal({"serve", "-x"}) == "gim: unknown flag \"-x\", see gim --help");
    CHECK(refusal({"--message-push"}) == "gim: unknown flag \"--message-push\", see gim --help");
    CHECK(refusal({"--ws"}) == "gim: --ws: needs a value");
    CHECK(refusal({"--ws=:1", "bench"}) == "gim: unknown command \"bench\", see gim --help");
}

TEST_CASE("the version is printed on stdout, also after serve") {
    for (const std::vector<const char*>& arguments :
         {std::vector<const char*>{"--version"}, {"-v"}, {"serve", "-v"}}) {
        const auto exit = std::get<exit_now>(parse(arguments));
        CHECK(exit.code == 0);
        CHECK(exit.out.starts_with("gim "));
        CHECK(exit.out.find('.') != std::string::npos);
        CHECK(exit.out.ends_with('\n'));
        CHECK(exit.err.empty());
    }
}

TEST_CASE("the first word bench is the other command") {
    const parsed p = parse({"bench", "fanout", "--members=7"});
    REQUIRE(std::holds_alternative<bench_options>(p));
    CHECK(std::get<bench_options>(p).load.members == 7);
    CHECK(refusal({"bench"}) == "gim: bench: needs a scenario, see gim bench --help");
}

TEST_CASE("a PROXY header can only be required of proxies that are named") {
    CHECK(
        refusal({"--proxy-protocol"}) ==
        "gim: --proxy-protocol: needs --trusted-proxies, to know who sends it"
    );
    const auto o = options({"--proxy-protocol", "--trusted-proxies=10.0.0.0/8"});
    CHECK(o.doors.proxies_send == gim::net::proxy_protocol::required);
    CHECK(
        refusal({"--trusted-proxies", "10.1.2.3/8"}) ==
        "gim: --trusted-proxies: must be ranges whose bits behind the prefix are 0; entry 1 is "
        "wrong, got \"10.1.2.3/8\""
    );
    CHECK(
        refusal({"--allowed-origins", "https://game.example,*"}) ==
        "gim: --allowed-origins: must be origins as https://game.example,http://localhost:5173, or "
        "* alone; entry 2 stands alone or not at all: it allows every page, got "
        "\"https://game.example,*\""
    );
}

TEST_CASE("the header of traces carries no credentials and is none of the protocol's") {
    for (const char* name :
         {"Authorization",
          "proxy-authorization",
          "WWW-Authenticate",
          "Cookie",
          "Set-Cookie",
          "X-API-Key",
          "X-Auth-Token",
          "x-access-token",
          "X-CSRF-Token",
          "X-Amz-Security-Token",
          "Session-Id"}) {
        CHECK(
            refusal({"--trace-header", name}) ==
            "gim: --trace-header: must not be a field of credentials, which the log would show, "
            "got \"" +
                std::string(name) + "\""
        );
    }
    for (const char* name :
         {"Host",
          "connection",
          "Upgrade",
          "Keep-Alive",
          "TE",
          "Trailer",
          "Transfer-Encoding",
          "Content-Length",
          "Content-Type",
          "content-encoding",
          "Expect",
          "Date",
          "Server",
          "Vary",
          "Allow",
          "Origin",
          "Retry-After",
          "Cache-Control",
          "Sec-WebSocket-Key",
          "Sec-WebSocket-Protocol",
          "sec-websocket-accept",
          "Sec-Fetch-Site",
          "Access-Control-Allow-Origin",
          "Forwarded",
          "X-Forwarded-For",
          "Proxy-Connection"}) {
        CAPTURE(name);
        const auto line = refusal({"--trace-header", name});
        CHECK(line.find("must not be a field") != std::string::npos);
    }
    for (const char* name :
         {"trace",
          "X-Request-Id",
          "traceparent",
          "X-Cloud-Trace-Context",
          "X-B3-TraceId",
          "Request-Id",
          "X-Correlation-ID"}) {
        CHECK(options({"--trace-header", name}).trace_header == name);
    }
}

TEST_CASE("the limit of a user's connections is 8, and 0 is none") {
    CHECK(options({}).connections_per_user == 8);
    CHECK(options({}).storage.requests == 1'000'000);
    CHECK(options({"--request-memory=0"}).storage.requests == 0);
    CHECK(options({"--max-connections-per-user=0"}).connections_per_user == 0);
    CHECK(refusal({"--max-connections-per-user=-1"}).find("must be 0 to") != std::string::npos);
}
