#include "gim/settings/serve_flags.hpp"

#include "gim/settings/door_flags.hpp"
#include "gim/settings/limit_flags.hpp"
#include "gim/settings/login_flags.hpp"
#include "gim/settings/storage_flags.hpp"
#include "gim/settings/watch_flags.hpp"
#include "program/flags/flag_file.hpp"
#include "program/flags/flag_sources.hpp"
#include "program/flags/flag_variables.hpp"
#include "program/process/inherited_sockets.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace gim::cmd {

namespace {

program::problem set_message_protocol(serve_options& o, const std::string& text) {
    if (text != "json" && text != "proto") {
        return program::wrong("must be json or proto", text);
    }
    o.protocol = text == "json" ? message_protocol::json : message_protocol::proto;
    return {};
}

program::setter text_into(std::string& to) {
    return [&to](const std::string& text) -> program::problem {
        to = text;
        return {};
    };
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
    "A flag beats the environment, the environment beats the file. Of a flag given twice the last\n"
    "value counts; a list is given once. A value may be empty only where its flag says so. Each "
    "name\n"
    "of a flag is a variable, too: GIM_WS. SIGHUP reads limits, keys, --log-level and "
    "--drain-timeout\n"
    "again: gim check-config marks them.\n"
    "Durations: 200ms, 1m30s, 1.5s, 100us. Bytes: 4096, 64KiB, 1MiB.\n"
    "Addresses: :8080, 127.0.0.1:8080, [::1]:8080.";

std::vector<program::flag> serve_flags(serve_options& o) {
    using namespace std::chrono_literals;
    const serve_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--gateway-address,--ws",
         "Addresses",
         "ADDRESS",
         "WebSocket gateway: :PORT, IPV4:PORT or [IPV6]:PORT; port 0: any free one",
         to_string(d.gateway_address),
         program::address_into(o.gateway_address)},
        {"--api-address,--http",
         "Addresses",
         "ADDRESS",
         "HTTP API, written the same way",
         to_string(d.api_address),
         program::address_into(o.api_address)},
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
         program::count_into(o.gateway_workers, 1, 256)},
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
         program::switch_into(o.message_sequence)},
        {"--message-push-count",
         "Pushing",
         "N",
         "Messages in one push of a room, 1 to 1000",
         number(d.push_count),
         program::count_into(o.push_count, 1, 1000)},
        {"--message-push-duration",
         "Pushing",
         "DURATION",
         "How long a room gathers messages before it pushes, 1ms to 1h",
         program::to_string(d.push_interval),
         program::duration_into(o.push_interval, 1ms, 1h)},
        {"--message-push-concurrency-limit",
         "Pushing",
         "N",
         "Rooms that push at the same time, 0 to 1000000; 0: no limit",
         number(d.push_concurrency_limit),
         program::count_into(o.push_concurrency_limit, 0, 1'000'000)},
        {"--write-coalesce",
         "Pushing",
         "DURATION",
         "How long frames to a busy connection wait for more, 0 to 1s",
         program::to_string(d.write_coalesce),
         program::duration_into(o.write_coalesce, 0s, 1s)},
        {"--compression",
         "Pushing",
         "",
         "Compresses for clients that offer permessage-deflate: fewer bytes, more CPU; a packet "
         "once for all",
         "false",
         program::switch_into(o.compression)},
        {"--compression-window",
         "Pushing",
         "BITS",
         "Window of 2^BITS bytes, 9 to 15; who offers less gets no compression; smaller: more "
         "bytes",
         number(d.deflate.window_bits),
         program::count_into(
             o.deflate.window_bits,
             websocket::deflate_options::least_window_bits,
             websocket::deflate_options::most_window_bits
         )},
        {"--compression-threshold",
         "Pushing",
         "BYTES",
         "Shorter messages are sent as they are, 0 to 64KiB",
         program::bytes_text(d.deflate.threshold),
         program::bytes_into(o.deflate.threshold, 0, 64 * 1024)},
    };
}

// The file is read before any option is set, so it is no option itself.
program::flag config_flag() {
    return {
        "--config",
        "Other",
        "FILE",
        "Flags by long name, one a line: message-push-count=2",
        "none",
        {}};
}

program::flag strict_flag(bool& is_strict) {
    return {
        "--strict-env",
        "Other",
        "",
        "Refuses to start if a variable GIM_... sets no flag, in place of a warning",
        "false",
        program::switch_into(is_strict)};
}

// From the first source that has it; empty: by default.
std::optional<setting> setting_of(
    const program::flag& f,
    const program::values& given,
    const program::environment& env,
    const program::values& variables,
    const program::values& lines,
    const std::string& file
) {
    if (const auto found = given.find(&f); found != given.end()) {
        return setting{f.name(), found->second, "flag", f.since};
    }
    if (const auto found = variables.find(&f); found != variables.end()) {
        return setting{f.name(), found->second, *program::variable_of(f, env), f.since};
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

// "redis://USER:PASSWORD@HOST" keeps its host.
std::string without_login(const std::string& url) {
    const auto at = url.rfind('@');
    const auto begin = url.find("://");
    if (at == std::string::npos) {
        return url;
    }
    return (begin < at ? url.substr(0, begin + 3) : std::string()) + "(not shown)" + url.substr(at);
}

}  // namespace

std::size_t default_gateway_workers() noexcept {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 256);
}

std::variant<serve_settings, program::exit_now>
parse_serve(const std::vector<std::string>& words, const program::environment& env) {
    serve_options options;
    std::vector<program::flag> all = serve_flags(options);
    std::ranges::move(storage_flags(options), std::back_inserter(all));
    std::ranges::transform(session_flags(options), std::back_inserter(all), program::live);
    std::ranges::move(login_flags(options), std::back_inserter(all));
    std::ranges::transform(key_flags(options), std::back_inserter(all), program::live);
    std::ranges::move(watch_flags(options), std::back_inserter(all));
    std::ranges::transform(limit_flags(options), std::back_inserter(all), program::live);
    std::ranges::transform(door_flags(options), std::back_inserter(all), program::live);
    bool is_strict = false;
    all.push_back(strict_flag(is_strict));
    all.push_back(config_flag());
    auto parsed = program::from_arguments(
        all, {about, usage, footer}, program::flag_help::with_environment, words
    );
    if (auto* exit = std::get_if<program::exit_now>(&parsed)) {
        return std::move(*exit);
    }
    auto& [given, rest] = std::get<program::arguments>(parsed);
    if (!rest.empty() && rest.front() == "serve") {
        rest.erase(rest.begin());
    }
    if (!rest.empty()) {
        const bool is_flag = rest.front().starts_with('-');
        return program::usage_error(
            (is_flag ? "unknown flag " : "unknown command ") + program::quoted(rest.front()) +
            ", see gim --help"
        );
    }
    // The strongest source comes first.
    const auto variables = program::from_environment(all, env);
    program::values lines;
    std::string file;
    const program::flag& config = all.back();
    if (const auto named = setting_of(config, given, env, variables, {}, {})) {
        file = named->values.back();
        if (const program::problem bad = config.apply(file)) {
            return program::usage_error(config.name() + ": " + *bad);
        }
        auto read = program::from_file(all, file, config.name());
        if (auto* exit = std::get_if<program::exit_now>(&read)) {
            return std::move(*exit);
        }
        lines = std::move(std::get<program::values>(read));
    }
    std::vector<setting> settings;
    for (const program::flag& f : all) {
        auto effective = setting_of(f, given, env, variables, lines, file);
        if (!effective) {
            settings.push_back({f.name(), {f.default_text}, "default", f.since});
            continue;
        }
        for (const auto& text : effective->values) {
            if (const program::problem bad = f.apply(text)) {
                return program::usage_error(f.name() + ": " + *bad);
            }
        }
        if (f.seen != program::disclosure::open) {
            const auto hidden = f.seen == program::disclosure::url ? without_login : without_secret;
            std::ranges::transform(effective->values, effective->values.begin(), hidden);
        }
        settings.push_back(*std::move(effective));
    }
    auto warnings = program::ineffective_variables(
        all, env, {program::inherited_sockets::predecessor_variable}
    );
    if (is_strict && !warnings.empty()) {
        return program::usage_error("--strict-env: " + warnings.front());
    }
    if (options.tls_cert.empty() != options.tls_key.empty()) {
        return program::usage_error(
            options.tls_key.empty() ? "--tls-cert: needs --tls-key, too"
                                    : "--tls-key: needs --tls-cert, too"
        );
    }
    if (options.traced_users.size() > options.tracing.users) {
        return program::usage_error("--trace-user: more users than --max-traced-users allows");
    }
    if (const program::problem bad = check_storage(options)) {
        return program::usage_error(*bad);
    }
    if (const program::problem bad = check_logins(options)) {
        return program::usage_error(*bad);
    }
    if (const program::problem bad = check_doors(options)) {
        return program::usage_error(*bad);
    }
    return serve_settings{std::move(options), std::move(settings), std::move(warnings)};
}

}  // namespace gim::cmd
