#include "gim/settings/storage_flags.hpp"

#include "redis/url.hpp"
#include "storage/presence.hpp"

#include <algorithm>
#include <string>

namespace gim::cmd {

namespace {

program::problem set_storage(serve_options& o, const std::string& text) {
    if (text != "memory" && text != "redis") {
        return program::wrong("must be memory or redis", text);
    }
    o.store = text == "redis" ? store_kind::redis : store_kind::memory;
    return {};
}

program::problem set_snapshot(serve_options& o, const std::string& text) {
    if (text.empty() || text.ends_with('/')) {
        return program::wrong("must name a file", text);
    }
    o.snapshot = text;
    return {};
}

// Without the text, which may hold a password.
program::problem set_url(serve_options& o, const std::string& text) {
    auto url = redis::parse_url(text);
    if (!url) {
        return url.error().message;
    }
    o.redis.where = std::move(*url);
    return {};
}

// Braces say where Redis Cluster keeps a key; the keys have their own.
program::problem set_prefix(serve_options& o, const std::string& text) {
    const bool is_fit = text.size() <= 64 && std::ranges::all_of(text, [](char c) {
                            return c > ' ' && c < 0x7F && c != '{' && c != '}';
                        });
    if (!is_fit) {
        return program::wrong("must be at most 64 visible characters without braces", text);
    }
    o.redis.prefix = text;
    return {};
}

program::problem set_address(serve_options& o, const std::string& text) {
    if (!storage::is_node_address(text)) {
        return program::wrong("must be 1 to 256 visible characters", text);
    }
    o.advertised_address = text;
    return {};
}

program::problem set_ttl(serve_options& o, const std::string& text) {
    using namespace std::chrono_literals;
    program::duration ttl{};
    if (const program::problem bad = program::duration_into(ttl, 1min, 24h * 3650)(text)) {
        return bad;
    }
    o.redis.ttl = std::chrono::duration_cast<std::chrono::milliseconds>(ttl);
    return {};
}

}  // namespace

std::vector<program::flag> storage_flags(serve_options& o) {
    const serve_options d;
    return {
        {"--storage",
         "Sessions",
         "memory|redis",
         "Where messages, rooms and users are kept; processes with one Redis are one service",
         "memory",
         [&o](const std::string& text) { return set_storage(o, text); }},
        {"--snapshot",
         "Sessions",
         "FILE",
         "Written at the end with all that is kept in memory, read once at the start",
         "none",
         [&o](const std::string& text) { return set_snapshot(o, text); }},
        {"--redis-url",
         "Sessions",
         "URL",
         "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]; of a Redis Cluster any server",
         "redis://" + d.redis.where.where() + "/0",
         [&o](const std::string& text) { return set_url(o, text); },
         program::repeated::last_counts,
         program::disclosure::url},
        program::may_be_empty(
            {"--redis-prefix",
             "Sessions",
             "TEXT",
             "What all keys and channels in Redis begin with; may be empty",
             d.redis.prefix,
             [&o](const std::string& text) { return set_prefix(o, text); }}
        ),
        {"--redis-ttl",
         "Sessions",
         "DURATION",
         "How long Redis keeps a session, a room or a user that nobody touches, 1m to 87600h",
         program::to_string(program::duration(d.redis.ttl)),
         [&o](const std::string& text) { return set_ttl(o, text); }},
        {"--advertise-address",
         "Sessions",
         "TEXT",
         "Where clients reach this process, as GET /v1/route tells them: ws://10.0.0.5:8080",
         "none",
         [&o](const std::string& text) { return set_address(o, text); }},
    };
}

program::problem check_storage(const serve_options& o) {
    if (o.store == store_kind::redis && !o.snapshot.empty()) {
        return "--snapshot: is for --storage memory, Redis keeps everything itself";
    }
    return {};
}

}  // namespace gim::cmd
