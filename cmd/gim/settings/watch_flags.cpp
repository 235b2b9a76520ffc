#include "gim/settings/watch_flags.hpp"

#include "model/request_rules.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace gim::cmd {

namespace {

program::problem set_log_level(live_options& o, const std::string& text) {
    for (const char* level : {"trace", "debug", "info", "warn", "error", "off"}) {
        if (text == level) {
            o.log_level = text;
            return {};
        }
    }
    return program::wrong("must be trace, debug, info, warn, error or off", text);
}

program::setter file_into(std::string& to) {
    return [&to](const std::string& text) -> program::problem {
        if (text.empty()) {
            return program::wrong("must name a file", text);
        }
        to = text;
        return {};
    };
}

program::problem set_log_format(serve_options& o, const std::string& text) {
    if (text != "text" && text != "json") {
        return program::wrong("must be text or json", text);
    }
    o.log_lines = text == "json" ? program::log_form::json : program::log_form::text;
    return {};
}

// RFC 9110, 5.1: a field name is a token.
bool is_field_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

// The field is echoed and logged, so none of those that carry what proves who somebody is: parts of
// their names, as those of X-API-Key and X-Auth-Token.
constexpr std::array credential_parts{
    "auth",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "session-id",
    "api-key",
    "apikey",
    "access-key",
    "private-key",
    "client-cert"};

// Fields that HTTP, WebSocket, browsers and proxies give a meaning, by how the names begin.
constexpr std::array families{
    "sec-",
    "proxy-",
    "content-",
    "transfer-",
    "access-control-",
    "accept",
    "if-",
    "x-forwarded-"};
constexpr std::array of_protocols{"age",          "allow",
                                  "alt-svc",      "cache-control",
                                  "close",        "connection",
                                  "date",         "etag",
                                  "expect",       "expires",
                                  "forwarded",    "from",
                                  "host",         "http2-settings",
                                  "keep-alive",   "last-modified",
                                  "link",         "location",
                                  "max-forwards", "origin",
                                  "pragma",       "range",
                                  "referer",      "retry-after",
                                  "server",       "strict-transport-security",
                                  "te",           "trailer",
                                  "upgrade",      "user-agent",
                                  "vary",         "via",
                                  "x-real-ip"};

program::problem set_trace_header(serve_options& o, const std::string& text) {
    if (!is_field_name(text)) {
        return program::wrong("must be the name of an HTTP field, at most 64 bytes", text);
    }
    std::string name = text;
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (std::ranges::any_of(credential_parts, [&](const char* part) {
            return name.find(part) != std::string::npos;
        })) {
        return program::wrong("must not be a field of credentials, which the log would show", text);
    }
    if (std::ranges::find(of_protocols, name) != of_protocols.end() ||
        std::ranges::any_of(families, [&](const char* begin) { return name.starts_with(begin); })) {
        return program::wrong("must not be a field with another meaning", text);
    }
    o.trace_header = text;
    return {};
}

program::problem add_traced_user(serve_options& o, const std::string& text) {
    if (const auto bad = model::check_id("id", text)) {
        return program::wrong("must be a user's id, 1 to 64 of A-Z a-z 0-9 _ - . @", text);
    }
    o.traced_users.push_back(text);
    return {};
}

program::problem set_trace_lines(serve_options& o, const std::string& text) {
    std::size_t lines = 0;
    if (program::problem bad = program::count_into(lines, 0, 100'000)(text)) {
        return bad;
    }
    o.tracing.lines.count = lines;
    o.tracing.lines.burst = std::max<std::size_t>(lines * 4, 1);
    return {};
}

}  // namespace

std::vector<program::flag> watch_flags(serve_options& o) {
    const serve_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        program::live(
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
         program::repeated::all_count},
        {"--max-traced-users",
         "Watching",
         "N",
         "Users that are traced at once, with those of PUT /v1/trace/users/ID; 0 to 10000",
         number(d.tracing.users),
         program::count_into(o.tracing.users, 0, 10'000)},
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
         program::switch_into(o.profiling)},
    };
}

}  // namespace gim::cmd
