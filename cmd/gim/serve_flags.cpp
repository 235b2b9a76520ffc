#include "gim/serve_flags.hpp"

#include "gim/door_flags.hpp"
#include "gim/limit_flags.hpp"
#include "protocol/request_rules.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <strings.h>
#include <thread>
#include <utility>

namespace gim::cmd {

namespace {

problem check_storage(const std::string& text) {
    if (text == "redis") {
        return "redis is not built into this version yet, use memory";
    }
    return text == "memory" ? problem() : wrong("must be memory", text);
}

problem set_message_protocol(serve_options& o, const std::string& text) {
    if (text != "json" && text != "proto") {
        return wrong("must be json or proto", text);
    }
    o.protocol = text == "json" ? message_protocol::json : message_protocol::proto;
    return {};
}

problem set_log_level(live_options& o, const std::string& text) {
    for (const char* level : {"trace", "debug", "info", "warn", "error", "off"}) {
        if (text == level) {
            o.log_level = text;
            return {};
        }
    }
    return wrong("must be trace, debug, info, warn, error or off", text);
}

setter file_into(std::string& to) {
    return [&to](const std::string& text) -> problem {
        if (text.empty()) {
            return wrong("must name a file", text);
        }
        to = text;
        return {};
    };
}

problem set_snapshot(serve_options& o, const std::string& text) {
    if (text.empty() || text.ends_with('/')) {
        return wrong("must name a file", text);
    }
    o.snapshot = text;
    return {};
}

problem set_log_format(serve_options& o, const std::string& text) {
    if (text != "text" && text != "json") {
        return wrong("must be text or json", text);
    }
    o.log_lines = text == "json" ? log_form::json : log_form::text;
    return {};
}

// RFC 9110, 5.1: a field name is a token.
problem set_trace_header(serve_options& o, const std::string& text) {
    const bool is_token = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
    if (!is_token || text.empty() || text.size() > 64) {
        return wrong("must be the name of an HTTP field, at most 64 bytes", text);
    }
    // These would tell a secret to the log, or stand twice in an answer.
    constexpr std::array taken{
        "authorization",
        "x-api-key",
        "cookie",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "server",
        "cache-control",
        "allow",
        "www-authenticate"};
    const bool is_taken = std::any_of(taken.begin(), taken.end(), [&](const char* name) {
        return ::strcasecmp(name, text.c_str()) == 0;
    });
    if (is_taken) {
        return wrong("must not be a field with another meaning", text);
    }
    o.trace_header = text;
    return {};
}

problem add_traced_user(serve_options& o, const std::string& text) {
    if (const auto bad = protocol::check_id("id", text)) {
        return wrong("must be a user's id, 1 to 64 of A-Z a-z 0-9 _ - . @", text);
    }
    o.traced_users.push_back(text);
    return {};
}

problem set_trace_lines(serve_options& o, const std::string& text) {
    std::size_t lines = 0;
    if (problem bad = count_into(lines, 0, 100'000)(text)) {
        return bad;
    }
    o.tracing.lines.count = lines;
    o.tracing.lines.burst = std::max<std::size_t>(lines * 4, 1);
    return {};
}

setter text_into(std::string& to) {
    return [&to](const std::string& text) -> problem {
        to = text;
        return {};
    };
}

problem set_auth(serve_options& o, const std::string& text) {
    if (text == "none") {
        o.auth = auth::login_mode::none;
    } else if (text == "token") {
        o.auth = auth::login_mode::token;
    } else if (text == "url") {
        o.auth = auth::login_mode::url;
    } else {
        return wrong("must be none, token or url", text);
    }
    return {};
}

// Not repeated: its query may hold a secret.
problem set_auth_url(serve_options& o, const std::string& text) {
    auto url = ask::parse_service_url(text);
    if (!url) {
        return url.error().message;
    }
    o.auth_url = *std::move(url);
    return {};
}

problem check_logins(const serve_options& o) {
    if (o.auth == auth::login_mode::url && !o.auth_url) {
        return "--auth: url needs --auth-url, too";
    }
    if (o.auth != auth::login_mode::url && o.auth_url) {
        return "--auth-url: needs --auth=url, too";
    }
    return {};
}

setter append_to(std::vector<std::string>& list) {
    return [&list](const std::string& text) -> problem {
        if (text.empty() || text.ends_with('=')) {
            return wrong("must name a file", text);
        }
        list.push_back(text);
        return {};
    };
}

// A secret is never repeated.
problem set_token_secret(live_options& o, const std::string& text) {
    if (!text.empty() && text.size() < 16) {
        return "must be at least 16 bytes, or empty for a random one";
    }
    o.token_secret = text;
    return {};
}

problem add_key_file(live_options& o, const std::string& path) {
    const auto wrong_file = o.api_keys.add_file(path);
    return wrong_file ? problem(quoted(path) + ": " + *wrong_file) : problem();
}

constexpr auto about = "In-memory push server";
constexpr auto usage = R"(
Usage: gim [serve] [flags]
       gim check-config [flags]
       gim bench SCENARIO [flags]
       gim token --user ID [flags]
       gim reload-binary --pid-file FILE [flags]
       gim top [flags]

Commands:
  serve          run the server: the default, and what the flags below are for
  check-config   say what the flags are set to and by whom, and whether keys can be read
  bench          measure a server under load, see gim bench --help
  token          make a token for a user, see gim token --help
  reload-binary  let a server go on as a new binary, see gim reload-binary --help
  top            show what a running server does, see gim top --help

)";
constexpr auto footer =
    "A flag beats the environment, the environment beats the file. SIGHUP reads limits, keys,\n"
    "--log-level and --drain-timeout again: gim check-config marks them.\n"
    "Durations: 200ms, 1m30s, 1.5s, 100us. Bytes: 4096, 64KiB, 1MiB.\n"
    "Addresses: :8080, 127.0.0.1:8080, [::1]:8080.";

std::vector<flag> serve_flags(serve_options& o) {
    using namespace std::chrono_literals;
    const serve_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--gateway-address,--ws",
         "Addresses",
         "ADDRESS",
         "WebSocket gateway: :PORT, IPV4:PORT or [IPV6]:PORT; port 0: any free one",
         to_string(d.gateway_address),
         address_into(o.gateway_address)},
        {"--api-address,--http",
         "Addresses",
         "ADDRESS",
         "HTTP API, written the same way",
         to_string(d.api_address),
         address_into(o.api_address)},
        {"--tls-cert",
         "Addresses",
         "FILE",
         "Both ports speak TLS, 1.2 or newer, with this certificate chain (PEM); needs --tls-key",
         "none",
         text_into(o.tls_cert)},
        {"--tls-key",
         "Addresses",
         "FILE",
         "Its key (PEM, no passphrase); SIGHUP reads both files again",
         "none",
         text_into(o.tls_key)},
        {"--gateway-worker,--ws-worker",
         "Addresses",
         "N",
         "Threads of the gateway, 1 to 256",
         "the machine's cores, here " + number(d.gateway_workers),
         count_into(o.gateway_workers, 1, 256)},

        {"--message-protocol",
         "Pushing",
         "json|proto",
         "What a connection is pushed before it has sent anything",
         "json",
         [&o](const std::string& text) { return set_message_protocol(o, text); }},
        {"--enable-message-sequence,--enbale-message-sequence",
         "Pushing",
         "",
         "Rooms push every message with its sequence, not just the newest ones",
         d.message_sequence ? "true" : "false",
         switch_into(o.message_sequence)},
        {"--message-push-count",
         "Pushing",
         "N",
         "Messages in one push of a room, 1 to 1000",
         number(d.push_count),
         count_into(o.push_count, 1, 1000)},
        {"--message-push-duration",
         "Pushing",
         "DURATION",
         "How long a room gathers messages before it pushes, 1ms to 1h",
         to_string(d.push_interval),
         duration_into(o.push_interval, 1ms, 1h)},
        {"--message-push-concurrency-limit",
         "Pushing",
         "N",
         "Rooms that push at the same time, 0 to 1000000; 0: no limit",
         number(d.push_concurrency_limit),
         count_into(o.push_concurrency_limit, 0, 1'000'000)},
        {"--write-coalesce",
         "Pushing",
         "DURATION",
         "How long frames to a busy connection wait for more, 0 to 1s",
         to_string(d.write_coalesce),
         duration_into(o.write_coalesce, 0s, 1s)},

        {"--compression",
         "Pushing",
         "",
         "Compresses for clients that offer permessage-deflate: fewer bytes, more CPU; a packet "
         "once for all",
         "false",
         switch_into(o.compression)},
        {"--compression-window",
         "Pushing",
         "BITS",
         "Window of 2^BITS bytes, 9 to 15; who offers less gets no compression; smaller: more "
         "bytes",
         number(d.deflate.window_bits),
         count_into(
             o.deflate.window_bits,
             protocol::deflate_options::least_window_bits,
             protocol::deflate_options::most_window_bits
         )},
        {"--compression-threshold",
         "Pushing",
         "BYTES",
         "Shorter messages are sent as they are, 0 to 64KiB",
         bytes_text(d.deflate.threshold),
         bytes_into(o.deflate.threshold, 0, 64 * 1024)},

        {"--storage", "Sessions", "memory", "Where messages are kept", "memory", check_storage},
        live(
            {"--session-history",
             "Sessions",
             "N",
             "Messages kept for each session, 1 to 1000000",
             number(d.storage.history),
             count_into(o.storage.history, 1, 1'000'000)}
        ),
        live(
            {"--max-sessions-per-user",
             "Sessions",
             "N",
             "Private sessions that a user's list keeps, the newest, to 1000000; 0: all",
             number(d.storage.private_sessions_of_user),
             count_into(o.storage.private_sessions_of_user, 0, 1'000'000)}
        ),
        {"--snapshot",
         "Sessions",
         "FILE",
         "Written at the end with all that is kept in memory, read once at the start",
         "none",
         [&o](const std::string& text) { return set_snapshot(o, text); }},
        live(
            {"--drain-timeout",
             "Sessions",
             "DURATION",
             "From SIGTERM to the end; closes are spread over it, 0 to 1h",
             to_string(d.drain_timeout),
             duration_into(o.drain_timeout, 0s, 1h)}
        ),
        live(
            {"--heartbeat-interval",
             "Sessions",
             "DURATION",
             "A connection silent for so long is closed, 100ms to 24h",
             to_string(d.heartbeat_interval),
             duration_into(o.heartbeat_interval, 100ms, 24h)}
        ),
        {"--auth",
         "Logins",
         "none|token|url",
         "none: who connects is who they say; token: a login needs a JWT signed with a key below; "
         "url: it is asked of --auth-url",
         "none",
         [&o](const std::string& text) { return set_auth(o, text); }},
        {"--insecure",
         "Logins",
         "",
         "Lets everybody log in as anybody from anywhere: with --auth none only this machine may",
         "false",
         switch_into(o.insecure)},
        {"--auth-url",
         "Logins",
         "URL",
         "Your HTTP service that says who a login is from: http://HOST[:PORT]/PATH",
         "none",
         [&o](const std::string& text) { return set_auth_url(o, text); }},
        {"--auth-timeout",
         "Logins",
         "DURATION",
         "How long it may take, 10ms to 5s; then the login is answered with 503",
         to_string(d.auth_timeout),
         duration_into(o.auth_timeout, 10ms, 5s)},
        {"--auth-url-in-flight",
         "Logins",
         "N",
         "Questions to it at once; beyond them 503; 0 to 10000; 0: no limit",
         number(d.auth_url_in_flight),
         count_into(o.auth_url_in_flight, 0, 10'000)},
        {"--auth-url-cache",
         "Logins",
         "N",
         "Answers of it that are kept, if they have Cache-Control: max-age; 0 to 10000000; 0: none",
         number(d.auth_url_cache),
         count_into(o.auth_url_cache, 0, 10'000'000)},
        live(
            {"--auth-key",
             "Logins",
             "[KID=]FILE",
             "Public key in PEM that checks tokens: RSA, P-256 or Ed25519; may be given several "
             "times",
             "none",
             append_to(o.auth_keys),
             repeated::all_count}
        ),
        live(
            {"--auth-jwks",
             "Logins",
             "FILE",
             "The same, any number of keys as a JSON Web Key Set; may be given several times",
             "none",
             append_to(o.auth_jwks),
             repeated::all_count}
        ),
        live(
            {"--auth-issuer",
             "Logins",
             "TEXT",
             "Whom a token must be from (its claim iss), 1 to 256 bytes",
             "not looked at",
             claim_into(o.token_parties.issuer)}
        ),
        live(
            {"--auth-audience",
             "Logins",
             "TEXT",
             "Whom a token must be for (its claim aud, one or a list), 1 to 256 bytes",
             "not looked at",
             claim_into(o.token_parties.audience)}
        ),
        live(
            {"--token-secret",
             "Logins",
             "TEXT",
             "Secret that checks tokens (HS256), 16 bytes at least; ps shows it, so prefer the "
             "variable",
             "random for each process, except with --auth token",
             [&o](const std::string& text) { return set_token_secret(o, text); },
             repeated::last_counts,
             disclosure::secret}
        ),
        live(
            {"--token-ttl",
             "Logins",
             "DURATION",
             "How long the token that a login hands out is valid, 1s to 8760h",
             to_string(d.token_ttl),
             duration_into(o.token_ttl, 1s, 8760h)}
        ),

        live(
            {"--api-key",
             "Sessions",
             "NAME=SECRET",
             "A key of a back end, 16 to 256 visible characters; may be given several times; "
             "others "
             "can "
             "see it in ps, so prefer --api-key-file",
             "none",
             [&o](const std::string& text) { return o.api_keys.add(text); },
             repeated::all_count,
             disclosure::secret}
        ),
        live(
            {"--api-key-file",
             "Sessions",
             "FILE",
             "Keys of back ends, one NAME=SECRET a line, # begins a comment",
             "none",
             [&o](const std::string& text) { return add_key_file(o, text); }}
        ),
        live(
            {"--metrics-key",
             "Sessions",
             "NAME=SECRET",
             "A key that only opens GET /metrics, 16 to 256 visible characters; may be given "
             "several "
             "times; ps shows it, so prefer the variable",
             "none",
             [&o](const std::string& text) { return o.metrics_keys.add(text); },
             repeated::all_count,
             disclosure::secret}
        ),
        live(
            {"--request-memory",
             "Sessions",
             "N",
             "Sends with a request_id that are remembered for 300s, 0 to 100000000; 0: none",
             number(d.request_memory),
             count_into(o.request_memory, 0, 100'000'000)}
        ),
        live(
            {"--max-connections-per-user",
             "Sessions",
             "N",
             "Connections of a user at once; one more closes the oldest; 0 to 1000000; 0: no limit",
             number(d.connections_per_user),
             count_into(o.connections_per_user, 0, 1'000'000)}
        ),

        live(
            {"--log-level",
             "Watching",
             "trace|debug|info|warn|error|off",
             "What is worth a line",
             d.log_level,
             [&o](const std::string& text) { return set_log_level(o, text); }}
        ),
        {"--log-file",
         "Watching",
         "FILE",
         "Where the log goes; SIGHUP opens it again, after it was renamed",
         "stderr",
         file_into(o.log_file)},
        {"--log-format",
         "Watching",
         "text|json",
         "How its lines look; json: an object a line",
         "text",
         [&o](const std::string& text) { return set_log_format(o, text); }},
        {"--pid-file",
         "Watching",
         "FILE",
         "Says which process serves; a new one that takes over writes it anew, the end removes it",
         "none",
         file_into(o.pid_file)},
        {"--trace-header,--trace",
         "Watching",
         "NAME",
         "HTTP field that is echoed in the answer and logged",
         d.trace_header,
         [&o](const std::string& text) { return set_trace_header(o, text); }},
        {"--trace-user",
         "Watching",
         "ID",
         "Each step of this user's messages is logged, whatever the level; may be given several "
         "times",
         "nobody",
         [&o](const std::string& text) { return add_traced_user(o, text); },
         repeated::all_count},
        {"--max-traced-users",
         "Watching",
         "N",
         "Users that are traced at once, with those of PUT /v1/trace/users/ID; 0 to 10000",
         number(d.tracing.users),
         count_into(o.tracing.users, 0, 10'000)},
        {"--max-trace-lines",
         "Watching",
         "N",
         "Lines of the log a second for each of them, four times as many at once; 0 to 100000; 0: "
         "no limit",
         number(d.tracing.lines.count),
         [&o](const std::string& text) { return set_trace_lines(o, text); }},
        {"--profiling-enabled,--profiling,--enable-profiling",
         "Watching",
         "",
         "Answers pprof at /debug/pprof/ of the API, with an API key or from this machine",
         d.profiling ? "true" : "false",
         switch_into(o.profiling)},
    };
}

// The file is read before any option is set, so it is no option itself.
flag config_flag() {
    return {
        "--config",
        "Other",
        "FILE",
        "Flags by long name, one a line: message-push-count=2",
        "none",
        {}};
}

// From the first source that has it; empty: by default.
std::optional<setting> setting_of(
    const flag& f,
    const values& given,
    const values& variables,
    const values& lines,
    const std::string& file
) {
    if (const auto found = given.find(&f); found != given.end()) {
        return setting{f.name(), found->second, "flag", f.since};
    }
    if (const auto found = variables.find(&f); found != variables.end()) {
        return setting{f.name(), found->second, f.environment_name(), f.since};
    }
    if (const auto found = lines.find(&f); found != lines.end()) {
        return setting{f.name(), found->second, file, f.since};
    }
    return std::nullopt;
}

// "NAME=SECRET" keeps its name.
std::string without_secret(const std::string& text) {
    const auto equals = text.find('=');
    const auto name = equals == std::string::npos ? std::string() : text.substr(0, equals + 1);
    return name + "(not shown)";
}

}  // namespace

std::size_t default_gateway_workers() noexcept {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 256);
}

std::variant<serve_settings, exit_now>
parse_serve(const std::vector<std::string>& words, const environment& env) {
    serve_options options;
    std::vector<flag> all = serve_flags(options);
    std::ranges::transform(limit_flags(options), std::back_inserter(all), live);
    std::ranges::transform(door_flags(options), std::back_inserter(all), live);
    all.push_back(config_flag());
    auto parsed = from_arguments(all, {about, usage, footer}, flag_help::with_environment, words);
    if (auto* exit = std::get_if<exit_now>(&parsed)) {
        return std::move(*exit);
    }
    auto& [given, rest] = std::get<arguments>(parsed);
    if (!rest.empty() && rest.front() == "serve") {
        rest.erase(rest.begin());
    }
    if (!rest.empty()) {
        const bool is_flag = rest.front().starts_with('-');
        return usage_error(
            (is_flag ? "unknown flag " : "unknown command ") + quoted(rest.front()) +
            ", see gim --help"
        );
    }
    // The strongest source comes first.
    const auto variables = from_environment(all, env);
    values lines;
    std::string file;
    const flag& config = all.back();
    if (const auto named = setting_of(config, given, variables, {}, {})) {
        file = named->values.back();
        auto read = from_file(all, file, config.name());
        if (auto* exit = std::get_if<exit_now>(&read)) {
            return std::move(*exit);
        }
        lines = std::move(std::get<values>(read));
    }
    std::vector<setting> settings;
    for (const flag& f : all) {
        auto effective = setting_of(f, given, variables, lines, file);
        if (!effective) {
            settings.push_back({f.name(), {f.default_text}, "default", f.since});
            continue;
        }
        for (const auto& text : effective->values) {
            if (const problem bad = f.set ? f.set(text) : problem()) {
                return usage_error(f.name() + ": " + *bad);
            }
        }
        if (f.seen == disclosure::secret) {
            std::ranges::transform(effective->values, effective->values.begin(), without_secret);
        }
        settings.push_back(*std::move(effective));
    }
    if (options.tls_cert.empty() != options.tls_key.empty()) {
        return usage_error(
            options.tls_key.empty() ? "--tls-cert: needs --tls-key, too"
                                    : "--tls-key: needs --tls-cert, too"
        );
    }
    if (options.traced_users.size() > options.tracing.users) {
        return usage_error("--trace-user: more users than --max-traced-users allows");
    }
    if (const problem bad = check_logins(options)) {
        return usage_error(*bad);
    }
    if (const problem bad = check_doors(options)) {
        return usage_error(*bad);
    }
    return serve_settings{std::move(options), std::move(settings)};
}

}  // namespace gim::cmd
