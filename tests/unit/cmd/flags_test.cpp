#include "gim/flags.hpp"

#include "unit/cmd/temporary_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace gim::cmd;
using gim::test::temporary_file;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;
using parsed = decltype(parse_command_line(0, nullptr, {}));

parsed parse(std::vector<const char*> arguments, const variables& env = {}) {
    arguments.insert(arguments.begin(), "gim");
    return parse_command_line(
        static_cast<int>(arguments.size()),
        arguments.data(),
        [&](const char* name) {
            const auto it = env.find(name);
            return it == env.end() ? nullptr : it->second.c_str();
        }
    );
}

serve_options options(std::vector<const char*> arguments, const variables& env = {}) {
    parsed p = parse(std::move(arguments), env);
    if (const auto* exit = std::get_if<exit_now>(&p)) {
        FAIL_CHECK(exit->err);
        return {};
    }
    return std::get<serve_settings>(p).options;
}

// The line of a usage error, which is always one line with the code 2.
std::string refusal(std::vector<const char*> arguments, const variables& env = {}) {
    const parsed p = parse(std::move(arguments), env);
    const auto* exit = std::get_if<exit_now>(&p);
    if (exit == nullptr) {
        return "accepted";
    }
    CHECK(exit->code == 2);
    CHECK(exit->out.empty());
    CHECK(std::count(exit->err.begin(), exit->err.end(), '\n') == 1);
    CHECK(exit->err.ends_with('\n'));
    return exit->err.substr(0, exit->err.size() - 1);
}

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
    CHECK(o.gateway.pending_bytes >= 1024 * 1024);
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
        {"--history-memory", "1MiB", [](const o& s) { return s.storage.history_bytes >> 20 == 1; }},
        {"--max-rooms", "7", [](const o& s) { return s.storage.rooms == 7; }},
        {"--max-users", "0", [](const o& s) { return s.storage.users == 0; }},
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

TEST_CASE("of a flag that may be given several times all count, from the strongest source") {
    using texts = std::vector<std::string>;
    CHECK(
        options({"--auth-key=a.pem", "--auth-key", "k=b.pem"}).auth_keys ==
        texts{"a.pem", "k=b.pem"}
    );
    const variables env = {{"GIM_AUTH_KEY", " x=1.pem  y=2.pem "}};
    CHECK(options({}, env).auth_keys == texts{"x=1.pem", "y=2.pem"});
    CHECK(options({"--auth-key=a.pem"}, env).auth_keys == texts{"a.pem"});
    const temporary_file file("auth-key=a=1.pem\nauth-key=2.pem\nauth-jwks=k.json\nauth-key=3.pem\n"
    );
    const auto from_file = options({"--config", file.path()});
    CHECK(from_file.auth_keys == texts{"a=1.pem", "2.pem", "3.pem"});
    CHECK(from_file.auth_jwks == texts{"k.json"});
    CHECK(refusal({"--auth-key=k="}) == "gim: --auth-key: must name a file, got \"k=\"");
    CHECK(refusal({"--auth-key"}) == "gim: --auth-key: needs a value");
}

TEST_CASE("who may log in is none, token or url") {
    CHECK(options({}).auth == gim::auth::login_mode::none);
    CHECK(options({"--auth=token"}).auth == gim::auth::login_mode::token);
    CHECK_FALSE(options({}).insecure);
    CHECK(options({"--insecure"}).insecure);
    CHECK(options({"--compression"}).compression);
    CHECK(refusal({"--auth=jwt"}) == "gim: --auth: must be none, token or url, got \"jwt\"");
}

TEST_CASE("a login service needs --auth=url, and the other way round") {
    const auto asked = options(
        {"--auth=url",
         "--auth-url=http://[::1]:90/login",
         "--auth-timeout=250ms",
         "--auth-url-in-flight=0",
         "--auth-url-cache=5"}
    );
    CHECK(asked.auth == gim::auth::login_mode::url);
    REQUIRE(asked.auth_url);
    CHECK(asked.auth_url->host == "::1");
    CHECK(asked.auth_url->port == 90);
    CHECK(asked.auth_timeout == std::chrono::milliseconds(250));
    CHECK(asked.auth_url_in_flight == 0);
    CHECK(asked.auth_url_cache == 5);
    CHECK(options({}).auth_timeout == std::chrono::seconds(1));
    CHECK(options({}).auth_url_in_flight == 64);

    CHECK(refusal({"--auth=url"}) == "gim: --auth: url needs --auth-url, too");
    CHECK(refusal({"--auth-url=http://h/"}) == "gim: --auth-url: needs --auth=url, too");
    CHECK(
        refusal({"--auth=token", "--auth-url=http://h/"}) ==
        "gim: --auth-url: needs --auth=url, too"
    );
    // Its query may hold a secret.
    CHECK(
        refusal({"--auth=url", "--auth-url=htp://h/?key=secret"}) ==
        "gim: --auth-url: must be http://HOST[:PORT]/PATH"
    );
    CHECK(refusal({"--auth-timeout=9ms"}).starts_with("gim: --auth-timeout: must be 10ms to 5s"));
}

TEST_CASE("whom tokens must be from and for") {
    CHECK_FALSE(options({}).token_parties.issuer);
    CHECK_FALSE(options({}).token_parties.audience);
    const auto both = options({"--auth-issuer=https://id.example", "--auth-audience", "gim"});
    CHECK(both.token_parties.issuer == "https://id.example");
    CHECK(both.token_parties.audience == "gim");
    const variables env = {{"GIM_AUTH_AUDIENCE", "gim"}};
    CHECK(options({}, env).token_parties.audience == "gim");
    CHECK(refusal({"--auth-issuer="}) == "gim: --auth-issuer: needs a value");
    CHECK(refusal({"--auth-audience=\xff"}).starts_with("gim: --auth-audience: must be 1 to 256"));
}

TEST_CASE("given twice, the last one counts") {
    CHECK(options({"--message-push-count=2", "--message-push-count", "3"}).push_count == 3);
    CHECK(to_string(options({"--gateway-address=:1", "--ws=:2"}).gateway_address) == ":2");
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
        {"--message-protocol=xml", "--message-protocol: must be json or proto, got \"xml\""},
        {"--log-format=xml", "--log-format: must be text or json, got \"xml\""},
        {"--log-level=loud",
         "--log-level: must be trace, debug, info, warn, error or off, got \"loud\""},
        {"--trace=Authorization",
         "--trace-header: must not be a field with another meaning, got \"Authorization\""},
        {"--trace=a b",
         "--trace-header: must be the name of an HTTP field, at most 64 bytes, got \"a b\""},
        {"--ws=8080",
         "--gateway-address: must be :PORT, IPV4:PORT or [IPV6]:PORT with a port of 0 to 65535, "
         "got \"8080\""},
        {"--http=example.com:80",
         "--api-address: must be :PORT, IPV4:PORT or [IPV6]:PORT (host names are not looked up), "
         "got \"example.com:80\""},
        {"--storage=redis", "--storage: redis is not built into this version yet, use memory"},
        {"--storage=disk", "--storage: must be memory, got \"disk\""},
        {"--storage=a\nb", "--storage: must be memory, got \"a?b\""},
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

TEST_CASE("a short token secret is refused without being repeated") {
    const std::string line = refusal({"--token-secret=hunter2"});
    CHECK(line == "gim: --token-secret: must be at least 16 bytes, or empty for a random one");
    CHECK(options({"--token-secret", ""}).token_secret.empty());
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
    CHECK(refusal({"--ws"}) == "gim: --gateway-address: needs a value");
    CHECK(refusal({"--ws=:1", "bench"}) == "gim: unknown command \"bench\", see gim --help");
}

TEST_CASE("every flag is a variable of the environment, which a flag beats") {
    const variables env = {
        {"GIM_GATEWAY_ADDRESS", ":1"},
        {"GIM_MESSAGE_PUSH_COUNT", "3"},
        {"GIM_ENABLE_MESSAGE_SEQUENCE", "true"},
        {"GIM_TOKEN_SECRET", "fedcba9876543210"}};
    const serve_options o = options({}, env);
    CHECK(to_string(o.gateway_address) == ":1");
    CHECK(o.push_count == 3);
    CHECK(o.message_sequence);
    CHECK(o.token_secret == "fedcba9876543210");
    const serve_options over =
        options({"--ws=:2", "--message-push-count=4", "--enbale-message-sequence=false"}, env);
    CHECK(to_string(over.gateway_address) == ":2");
    CHECK(over.push_count == 4);
    CHECK_FALSE(over.message_sequence);
}

TEST_CASE("the environment beats the file, and a flag beats both") {
    const temporary_file file(
        "# a comment\n; another\n\nmessage-push-count=2\n ws = [::1]:80 # the address\n"
        "enable-message-sequence=true\nmessage-push-duration=\"1.5s\"\n"
    );
    const serve_options from_file = options({"--config", file.path()});
    CHECK(from_file.push_count == 2);
    CHECK(to_string(from_file.gateway_address) == "[::1]:80");
    CHECK(from_file.message_sequence);
    CHECK(from_file.push_interval == 1500ms);

    const variables env = {{"GIM_MESSAGE_PUSH_COUNT", "3"}, {"GIM_CONFIG", file.path()}};
    const serve_options with_env = options({}, env);
    CHECK(with_env.push_count == 3);
    CHECK(with_env.message_sequence);

    const serve_options with_flag = options({"--message-push-count=4", "--ws=:5"}, env);
    CHECK(with_flag.push_count == 4);
    CHECK(to_string(with_flag.gateway_address) == ":5");
    CHECK(with_flag.push_interval == 1500ms);
}

TEST_CASE("a bad value is told alike from every source, unless a better source replaces it") {
    const char* const line = "gim: --message-push-count: must be 1 to 1000, got \"0\"";
    const temporary_file file("message-push-count=0\n");
    CHECK(refusal({"--message-push-count=0"}) == line);
    CHECK(refusal({}, {{"GIM_MESSAGE_PUSH_COUNT", "0"}}) == line);
    CHECK(refusal({"--config", file.path()}) == line);
    CHECK(options({"--config", file.path(), "--message-push-count=1"}).push_count == 1);
}

TEST_CASE("a missing file and an unknown key in a file are refused by name") {
    CHECK(
        refusal({"--config=/nonexistent/gim.conf"}) ==
        "gim: --config: must be a file that can be read, got \"/nonexistent/gim.conf\""
    );
    CHECK(
        refusal({}, {{"GIM_CONFIG", "/nonexistent"}}) ==
        "gim: --config: must be a file that can be read, got \"/nonexistent\""
    );
    CHECK(refusal({"--config=/"}).starts_with("gim: --config: must be a file"));
    CHECK(refusal({"--config"}) == "gim: --config: needs a value");
    for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
             {"message-push-cuont=1\n", "message-push-cuont"},
             {"--ws=:1\n", "--ws"},
             {"config=other\n", "config"},
             {"[serve]\nws=:1\n", "serve"},
             {"a.b=1\n", "a.b"},
             {"dance\n", "dance"}}) {
        CAPTURE(text);
        const temporary_file file(text);
        CHECK(
            refusal({"--config", file.path()}) ==
            "gim: --config: unknown key \"" + key + "\" in \"" + file.path() + "\""
        );
    }
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

TEST_CASE("the help is the same in every place it is asked for") {
    const auto exit = std::get<exit_now>(parse({"-h"}));
    CHECK(exit.code == 0);
    CHECK(exit.err.empty());
    CHECK(exit.out == help());
    CHECK(std::get<exit_now>(parse({"serve", "--help"})).out == help());
    CHECK(std::get<exit_now>(parse({"--ws=bad", "--help"})).out == help());
}

TEST_CASE("the help names every command") {
    const std::string text = help();
    CHECK(text.find("\n  serve  ") != std::string::npos);
    CHECK(text.find("\n  bench  ") != std::string::npos);
    CHECK(text.find("\n  token  ") != std::string::npos);
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
        "gim: --trusted-proxies: must be ranges whose bits behind the prefix are 0, got "
        "\"10.1.2.3/8\""
    );
    CHECK(refusal({"--allowed-origins", "*,https://game.example"})
              .starts_with("gim: --allowed-origins: must be origins as https://game.example or "));
}

TEST_CASE("the help groups the flags and shows of each its default and its variable") {
    const std::string text = help();
    for (const char* group :
         {"Addresses:", "Doors:", "Pushing:", "Sessions:", "Logins:", "Watching:", "Other:"}) {
        CHECK(text.find(std::string("\n") + group + "\n") != std::string::npos);
    }
    CHECK(text.find("\n\n\n") == std::string::npos);
    std::istringstream lines(text);
    std::size_t flags = 0;
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 100);
        if (!line.starts_with("  --")) {
            continue;
        }
        ++flags;
        std::string variable = "[env: GIM_";
        for (const char c : line.substr(4, line.find_first_of(", [", 4) - 4)) {
            variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
        }
        std::string description;
        std::string values;
        std::getline(lines, description);
        std::getline(lines, values);
        CAPTURE(line);
        CHECK(description.size() > 6);
        CHECK(values.starts_with("      [default: "));
        CHECK(values.ends_with(variable + "]"));
    }
    CHECK(flags >= 41);
}

TEST_CASE("API keys come from flags, the environment and a file, several at once") {
    CHECK(options({}).api_keys.is_empty());
    const auto two =
        options({"--api-key=game=0123456789abcdef", "--api-key", "shop=fedcba9876543210"});
    CHECK(two.api_keys.find("0123456789abcdef") == "game");
    CHECK(two.api_keys.find("fedcba9876543210") == "shop");
    const auto env = options({}, {{"GIM_API_KEY", "game=0123456789abcdef shop=fedcba9876543210"}});
    CHECK(env.api_keys.find("fedcba9876543210") == "shop");
    const temporary_file file("# keys\ngame=0123456789abcdef\n");
    const auto read = options({"--api-key-file", file.path(), "--api-key=shop=fedcba9876543210"});
    CHECK(read.api_keys.find("0123456789abcdef") == "game");
    CHECK(read.api_keys.find("fedcba9876543210") == "shop");
}

TEST_CASE("keys for the metrics are no API keys") {
    const auto o = options({"--metrics-key=prometheus=0123456789abcdef"});
    CHECK(o.metrics_keys.find("0123456789abcdef") == "prometheus");
    CHECK(o.api_keys.is_empty());
    CHECK(options({"--api-key=game=0123456789abcdef"}).metrics_keys.is_empty());
}

TEST_CASE("a bad API key is refused without being repeated") {
    for (const auto& line :
         {refusal({"--api-key=game=my-secret-short"}),
          refusal({"--api-key=my-secret-without-a-name"}),
          refusal({}, {{"GIM_API_KEY", "game=my-secret-short"}})}) {
        CAPTURE(line);
        CHECK(line.starts_with("gim: --api-key: "));
        CHECK(line.find("my-secret") == std::string::npos);
    }
    const temporary_file file("\ngame=my-secret-short\n");
    const auto line = refusal({"--api-key-file", file.path()});
    CHECK(line.find("line 2: the secret must be") != std::string::npos);
    CHECK(line.find("my-secret") == std::string::npos);
    CHECK(refusal({"--api-key-file=/nowhere/at/all"}).find("must be a file") != std::string::npos);
    CHECK(refusal({"--trace-header=X-API-Key"}).starts_with("gim: --trace-header: "));
}

TEST_CASE("the limit of a user's connections is 8, and 0 is none") {
    CHECK(options({}).connections_per_user == 8);
    CHECK(options({}).request_memory == 1'000'000);
    CHECK(options({"--request-memory=0"}).request_memory == 0);
    CHECK(options({"--max-connections-per-user=0"}).connections_per_user == 0);
    CHECK(refusal({"--max-connections-per-user=-1"}).find("must be 0 to") != std::string::npos);
}

TEST_CASE("check-config tells each flag's value and where it came from, without secrets") {
    const temporary_file file("message-push-count=3\nlog-level=warn\n");
    const auto p = parse(
        {"check-config", "--log-level=error", "--api-key=web=0123456789abcdef"},
        {{"GIM_CONFIG", file.path()}, {"GIM_TOKEN_SECRET", "0123456789abcdef"}}
    );
    const auto* check = std::get_if<settings_check>(&p);
    REQUIRE(check != nullptr);
    const auto* settings = &check->settings;
    CHECK(settings->options.push_count == 3);
    const auto of = [&](const std::string& name) {
        const auto found = std::ranges::find(settings->all, name, &gim::cmd::setting::name);
        REQUIRE(found != settings->all.end());
        REQUIRE(found->values.size() == 1);
        return found->values.front() + " by " + found->from;
    };
    CHECK(of("--log-level") == "error by flag");
    CHECK(of("--message-push-count") == std::string("3 by ") + file.path());
    CHECK(of("--token-secret") == "(not shown) by GIM_TOKEN_SECRET");
    CHECK(of("--api-key") == "web=(not shown) by flag");
    CHECK(of("--session-history") == "1000 by default");
}

TEST_CASE("a file may be called as what is not set is") {
    const auto before = std::filesystem::current_path();
    const temporary_file file("message-push-count=3\n");
    const auto folder = std::filesystem::path(file.path()).parent_path();
    std::filesystem::current_path(folder);
    std::filesystem::copy_file(file.path(), "default");
    CHECK(options({"--config=default"}).push_count == 3);
    std::filesystem::remove("default");
    std::filesystem::current_path(before);
}
