#include "gim/flags.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <strings.h>
#include <thread>
#include <utility>
#include <vector>

namespace gim::cmd {

namespace {

using problem = std::optional<std::string>;  // what is wrong with a value; empty: nothing

// One flag, in all that is said about it: parsing, help, environment and file go by this.
struct flag {
    std::string names;  // "--gateway-address,--ws": the first one gives the environment's name
    std::string group;
    std::string value;  // how --help calls the value; empty: a switch, true unless =false follows
    std::string help;
    std::string default_text;
    std::function<problem(serve_options&, const std::string&)> set;

    std::string name() const { return names.substr(0, names.find(',')); }

    std::string environment_name() const {
        std::string text = "GIM_" + name().substr(2);
        std::transform(text.begin(), text.end(), text.begin(), [](char c) {
            return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        return text;
    }

    bool has_name(std::string_view long_name) const {
        return ("," + names + ",").find(",--" + std::string(long_name) + ",") != std::string::npos;
    }
};

// In quotes, and on one line whatever it holds.
std::string quoted(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?'
    );
    return '"' + text + '"';
}

std::string wrong(const std::string& allowed, const std::string& text) {
    return allowed + ", got " + quoted(text);
}

auto address_into(net::address serve_options::*member) {
    return [member](serve_options& o, const std::string& text) -> problem {
        const auto parsed = net::parse_address(text);
        if (!parsed) {
            return wrong(parsed.error().message, text);
        }
        o.*member = *parsed;
        return {};
    };
}

auto count_into(std::size_t serve_options::*member, std::size_t least, std::size_t most) {
    return [=](serve_options& o, const std::string& text) -> problem {
        std::size_t n = 0;
        const char* const end = text.data() + text.size();
        const auto [stop, ec] = std::from_chars(text.data(), end, n);
        if (ec != std::errc{} || stop != end || n < least || n > most) {
            return wrong("must be " + std::to_string(least) + " to " + std::to_string(most), text);
        }
        o.*member = n;
        return {};
    };
}

auto duration_into(duration serve_options::*member, duration least, duration most) {
    return [=](serve_options& o, const std::string& text) -> problem {
        const auto d = parse_duration(text);
        if (!d || *d < least || *d > most) {
            return wrong("must be " + to_string(least) + " to " + to_string(most), text);
        }
        o.*member = *d;
        return {};
    };
}

std::optional<bool> parse_bool(const std::string& text) {
    if (text == "true" || text == "1") {
        return true;
    }
    if (text == "false" || text == "0") {
        return false;
    }
    return std::nullopt;
}

problem set_message_sequence(serve_options& o, const std::string& text) {
    const auto on = parse_bool(text);
    if (!on) {
        return wrong("must be true or false", text);
    }
    o.message_sequence = *on;
    return {};
}

problem set_profiling(serve_options&, const std::string& text) {
    const auto on = parse_bool(text);
    if (!on) {
        return wrong("must be true or false", text);
    }
    return *on ? problem("profiling is not built into this version yet") : problem();
}

problem set_storage(serve_options&, const std::string& text) {
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

problem set_log_level(serve_options& o, const std::string& text) {
    for (const char* level : {"trace", "debug", "info", "warn", "error", "off"}) {
        if (text == level) {
            o.log_level = text;
            return {};
        }
    }
    return wrong("must be trace, debug, info, warn, error or off", text);
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

// A secret is never repeated.
problem set_token_secret(serve_options& o, const std::string& text) {
    if (!text.empty() && text.size() < 16) {
        return "must be at least 16 bytes, or empty for a random one";
    }
    o.token_secret = text;
    return {};
}

std::vector<flag> all_flags() {
    using namespace std::chrono_literals;
    using o = serve_options;
    const serve_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--gateway-address,--ws",
         "Addresses",
         "ADDRESS",
         "WebSocket gateway: :PORT, IPV4:PORT or [IPV6]:PORT; port 0: any free one",
         to_string(d.gateway_address),
         address_into(&o::gateway_address)},
        {"--api-address,--http",
         "Addresses",
         "ADDRESS",
         "HTTP API, written the same way",
         to_string(d.api_address),
         address_into(&o::api_address)},
        {"--gateway-worker,--ws-worker",
         "Addresses",
         "N",
         "Threads of the gateway, 1 to 256",
         "the machine's cores, here " + number(d.gateway_workers),
         count_into(&o::gateway_workers, 1, 256)},

        {"--message-protocol",
         "Pushing",
         "json|proto",
         "What a connection is pushed before it has sent anything",
         "json",
         set_message_protocol},
        {"--enable-message-sequence,--enbale-message-sequence",
         "Pushing",
         "",
         "Rooms push every message with its sequence, not just the newest ones",
         d.message_sequence ? "true" : "false",
         set_message_sequence},
        {"--message-push-count",
         "Pushing",
         "N",
         "Messages in one push of a room, 1 to 1000",
         number(d.push_count),
         count_into(&o::push_count, 1, 1000)},
        {"--message-push-duration",
         "Pushing",
         "DURATION",
         "How long a room gathers messages before it pushes, 1ms to 1h",
         to_string(d.push_interval),
         duration_into(&o::push_interval, 1ms, 1h)},
        {"--message-push-concurrency-limit",
         "Pushing",
         "N",
         "Rooms that push at the same time, 0 to 1000000; 0: no limit",
         number(d.push_concurrency_limit),
         count_into(&o::push_concurrency_limit, 0, 1'000'000)},
        {"--write-coalesce",
         "Pushing",
         "DURATION",
         "How long frames to a busy connection wait for more, 0 to 1s",
         to_string(d.write_coalesce),
         duration_into(&o::write_coalesce, 0s, 1s)},

        {"--storage", "Sessions", "memory", "Where messages are kept", "memory", set_storage},
        {"--session-history",
         "Sessions",
         "N",
         "Messages kept for each session, 1 to 1000000",
         number(d.session_history),
         count_into(&o::session_history, 1, 1'000'000)},
        {"--heartbeat-interval",
         "Sessions",
         "DURATION",
         "A connection silent for so long is closed, 100ms to 24h",
         to_string(d.heartbeat_interval),
         duration_into(&o::heartbeat_interval, 100ms, 24h)},
        {"--token-secret",
         "Sessions",
         "TEXT",
         "Signs the tokens, 16 bytes at least; others can see it in ps, so prefer the environment",
         "random for each process",
         set_token_secret},
        {"--token-ttl",
         "Sessions",
         "DURATION",
         "How long a token is valid, 1s to 8760h",
         to_string(d.token_ttl),
         duration_into(&o::token_ttl, 1s, 8760h)},

        {"--log-level",
         "Watching",
         "LEVEL",
         "trace, debug, info, warn, error or off",
         d.log_level,
         set_log_level},
        {"--trace-header,--trace",
         "Watching",
         "NAME",
         "HTTP field that is echoed in the answer and logged",
         d.trace_header,
         set_trace_header},
        {"--profiling-enabled,--profiling,--enable-profiling",
         "Watching",
         "",
         "Not built into this version yet",
         "false",
         set_profiling},
    };
}

// The file is read before any option is set, so it is no option itself.
const flag config_flag{
    "--config",
    "Other",
    "FILE",
    "Flags by long name, one a line: message-push-count=2",
    "none",
    {}};

class help_format : public CLI::Formatter {
public:
    std::string make_option(const CLI::Option* option, bool) const override {
        std::string text = "  " + option->get_name(false, true);
        if (!option->get_type_name().empty()) {
            text += (option->get_items_expected_max() == 0 ? "" : " ") + option->get_type_name();
        }
        return text + "\n      " + option->get_description() + "\n";
    }

    std::string make_group(
        std::string group,
        bool is_positional,
        std::vector<const CLI::Option*> options
    ) const override {
        // CLI11 puts two empty lines between groups; one is enough.
        return CLI::Formatter::make_group(group, is_positional, options).substr(1);
    }

    std::string make_usage(const CLI::App*, std::string) const override {
        return "\nUsage: gim [serve] [flags]\n\n";
    }
};

std::string describe(const flag& f) {
    return f.help + "\n      [default: " + f.default_text + "] [env: " + f.environment_name() + "]";
}

exit_now usage_error(const std::string& what) {
    std::string line = "gim: " + what;
    std::replace(line.begin(), line.end(), '\n', ' ');
    return {2, "", line + "\n"};
}

// The values that one source gives, by flag; the last one counts.
using values = std::map<const flag*, std::string>;

class command_line {
public:
    explicit command_line(const std::vector<flag>& flags) : app_("In-memory push server", "gim") {
        app_.formatter(std::make_shared<help_format>());
        app_.set_help_flag();
        app_.add_subcommand("serve", "Run the server: the default")->fallthrough()->set_help_flag();
        for (const flag& f : flags) {
            add(f);
        }
        add(config_flag);
        app_.set_version_flag("-v,--version", "gim " GIM_VERSION, "Print the version")
            ->group("Other");
        app_.set_help_flag("-h,--help", "Print this help")->group("Other");
        app_.footer(
            "A flag beats the environment, the environment beats the file.\n"
            "Durations: 200ms, 1m30s, 1.5s, 100us. Addresses: :8080, 127.0.0.1:8080, [::1]:8080."
        );
        app_.allow_extras();
    }

    std::variant<values, exit_now> parse(int argc, const char* const* argv) {
        std::vector<std::string> arguments;  // CLI11 takes them from the back
        for (int i = argc - 1; i > 0; --i) {
            arguments.emplace_back(argv[i]);
        }
        try {
            app_.parse(std::move(arguments));
        } catch (const CLI::CallForHelp&) {
            return exit_now{0, help(), ""};
        } catch (const CLI::CallForVersion& version) {
            return exit_now{0, version.what() + std::string("\n"), ""};
        } catch (const CLI::ArgumentMismatch& e) {
            const std::string_view what = e.what();  // "--ws: 1 required ADDRESS missing"
            return usage_error(std::string(what.substr(0, what.find(':'))) + ": needs a value");
        } catch (const CLI::ParseError& e) {
            return usage_error(e.what());
        }
        if (const auto rest = app_.remaining(true); !rest.empty()) {
            const bool is_flag = rest.front().starts_with('-');
            return usage_error(
                (is_flag ? "unknown flag " : "unknown command ") + quoted(rest.front()) +
                ", see gim --help"
            );
        }
        values given;
        for (const auto& [f, option] : options_) {
            if (option->count() > 0) {
                given[f] = option->results().back();
            }
        }
        return given;
    }

private:
    // Of the whole program also after "serve", which has no flags of its own.
    std::string help() const {
        return app_.get_formatter()->make_help(&app_, "gim", CLI::AppFormatMode::Normal);
    }

    void add(const flag& f) {
        CLI::Option* option = nullptr;
        if (f.value.empty()) {
            option = app_.add_flag(f.names)->type_name("[=true|false]");
        } else {
            option = app_.add_option(f.names)->expected(1)->type_name(f.value);
        }
        option->take_last()->group(f.group)->description(describe(f));
        options_[&f] = option;
    }

    CLI::App app_;
    std::map<const flag*, CLI::Option*> options_;
};

values from_environment(const std::vector<flag>& flags, const environment& env) {
    values given;
    for (const flag& f : flags) {
        if (const char* text = env(f.environment_name().c_str())) {
            given[&f] = text;
        }
    }
    return given;
}

std::variant<values, exit_now> from_file(const std::vector<flag>& flags, const std::string& path) {
    // CLI11's own format, but a value is always one text: "[::1]:8080" is no list.
    CLI::ConfigBase format;
    format.arrayBounds('\x01', '\x02')->arrayDelimiter('\x03');
    std::vector<CLI::ConfigItem> items;
    std::error_code ignored;
    try {
        if (std::filesystem::is_directory(path, ignored)) {
            throw CLI::FileError::Missing(path);
        }
        items = format.from_file(path);
    } catch (const CLI::Error&) {
        return usage_error("--config: must be a file that can be read, got " + quoted(path));
    }
    values given;
    for (const CLI::ConfigItem& item : items) {
        // "++" and "--" stand for the begin and end of a section, which we have none of.
        const bool is_section = item.name == "++" || item.name == "--";
        const std::string key = is_section ? item.parents.front() : item.fullname();
        const auto f = std::find_if(flags.begin(), flags.end(), [&](const flag& candidate) {
            return item.parents.empty() && candidate.has_name(key);
        });
        if (f == flags.end()) {
            return usage_error("--config: unknown key " + quoted(key) + " in " + quoted(path));
        }
        given[&*f] = item.inputs.empty() ? std::string() : item.inputs.back();
    }
    return given;
}

}  // namespace

std::size_t default_gateway_workers() noexcept {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 256);
}

std::variant<serve_options, exit_now>
parse_command_line(int argc, const char* const* argv, const environment& env) {
    const std::vector<flag> flags = all_flags();
    auto parsed = command_line(flags).parse(argc, argv);
    if (auto* exit = std::get_if<exit_now>(&parsed)) {
        return std::move(*exit);
    }
    // merge() keeps what is there, so the strongest source comes first.
    values given = std::move(std::get<values>(parsed));
    given.merge(from_environment(flags, env));
    const char* const config_variable = env(config_flag.environment_name().c_str());
    const auto config = given.find(&config_flag);
    if (config != given.end() || config_variable != nullptr) {
        auto read = from_file(flags, config != given.end() ? config->second : config_variable);
        if (auto* exit = std::get_if<exit_now>(&read)) {
            return std::move(*exit);
        }
        given.merge(std::get<values>(read));
    }
    serve_options options;
    for (const flag& f : flags) {
        if (const auto text = given.find(&f); text != given.end()) {
            if (const problem wrong_value = f.set(options, text->second)) {
                return usage_error(f.name() + ": " + *wrong_value);
            }
        }
    }
    return options;
}

}  // namespace gim::cmd
