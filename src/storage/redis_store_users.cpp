#include "storage/redis_store.hpp"
#include "storage/redis_told.hpp"
#include "storage/redis_words.hpp"

#include <algorithm>
#include <utility>

namespace gim::storage {

namespace {

// How many of a user's last private messages are known by number, for nodes that missed some.
constexpr int touches_kept = 1000;

}  // namespace

async_result<void> redis_store::put_user(const protocol::user& user) {
    const auto key = keys().name(user.id);
    redis::call put(at(key), "SET", key, user.name, "PX", ttl_ms());
    co_await put.done();
    if (auto bad = access_.refusal(put)) {
        co_return *std::move(bad);
    }
    co_return protocol::result<void>();
}

async_result<std::optional<protocol::user>> redis_store::find_user(std::string_view id) {
    const auto key = keys().name(id);
    redis::call asked(at(key), "GET", key);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    if (asked.reply().is_nil()) {
        co_return std::nullopt;
    }
    co_return protocol::user{std::string(id), std::string(asked.reply().text())};
}

// Told once more than by the join: that may have come before a node listened that read the list
// before the room was in it.
async_result<void>
redis_store::add_room_of(std::string_view user, std::string_view room, std::int64_t now_ms) {
    const auto key = keys().rooms_of(user);
    const auto channel = keys().user_channel(user);
    const auto told = told_membership(room);
    redis::call added(at(key), "HSETNX", key, room, now_ms);
    redis::call kept(at(key), "PEXPIRE", key, ttl_ms());
    redis::call published(at(key), "PUBLISH", channel, told);
    for (auto* const each : {&added, &kept, &published}) {
        co_await each->done();
        if (auto bad = access_.refusal(*each)) {
            co_return *std::move(bad);
        }
    }
    co_return protocol::result<void>();
}

async_result<void> redis_store::remove_room_of(std::string_view user, std::string_view room) {
    const auto key = keys().rooms_of(user);
    redis::call removed(at(key), "HDEL", key, room);
    co_await removed.done();
    if (auto bad = access_.refusal(removed)) {
        co_return *std::move(bad);
    }
    co_return protocol::result<void>();
}

async_result<std::vector<std::pair<std::string, std::int64_t>>> redis_store::rooms_of(
    std::string_view user
) {
    const auto key = keys().rooms_of(user);
    redis::call asked(at(key), "HGETALL", key);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    std::vector<std::pair<std::string, std::int64_t>> rooms;
    const auto reply = asked.reply();
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
        rooms.emplace_back(reply[i].text(), reply[i + 1].integer());
    }
    std::ranges::sort(rooms);
    co_return rooms;
}

async_result<void> redis_store::touch_private_session(
    std::string_view user,
    const protocol::session_id& session,
    const receipt& last
) {
    const auto list = keys().private_list(user);
    const auto touches = keys().touches(user);
    const auto channel = keys().user_channel(user);
    redis::call touched(
        at(list),
        "EVALSHA",
        access_.name_of(redis_script::touch),
        "2",
        list,
        touches,
        session.text(),
        last.created_at,
        last.sequence,
        options_.most.private_sessions_of_user,
        touches_kept,
        ttl_ms(),
        channel,
        told_touch
    );
    co_await touched.done();
    if (auto bad = access_.refusal(touched)) {
        co_return *std::move(bad);
    }
    co_return protocol::result<void>();
}

async_result<std::uint64_t> redis_store::newest_touch(std::string_view user) {
    const auto touches = keys().touches(user);
    redis::call asked(at(touches), "ZREVRANGE", touches, "0", "0", "WITHSCORES");
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    co_return static_cast<std::uint64_t>(asked.reply()[1].integer());
}

async_result<redis_store::touch_list>
redis_store::touches_behind(std::string_view user, std::uint64_t number) {
    const auto touches = keys().touches(user);
    const auto behind = "(" + std::to_string(number);
    redis::call found(at(touches), "ZRANGEBYSCORE", touches, behind, "+inf", "WITHSCORES");
    redis::call newest(at(touches), "ZREVRANGE", touches, "0", "0", "WITHSCORES");
    redis::call oldest(at(touches), "ZRANGE", touches, "0", "0", "WITHSCORES");
    redis::call count(at(touches), "ZCARD", touches);
    for (auto* const each : {&found, &newest, &oldest, &count}) {
        co_await each->done();
        if (auto bad = access_.refusal(*each)) {
            co_return *std::move(bad);
        }
    }
    touch_list out;
    out.newest = static_cast<std::uint64_t>(newest.reply()[1].integer());
    out.is_cut = count.reply().integer() >= touches_kept &&
                 static_cast<std::uint64_t>(oldest.reply()[1].integer()) > number + 1;
    const auto reply = found.reply();
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2) {
        auto line = reply[i].text();
        auto session = protocol::session_id::parse(take_word(line));
        std::uint64_t sequence = 0;
        if (session && take_last_number(line, sequence)) {
            const auto n = static_cast<std::uint64_t>(reply[i + 1].integer());
            out.items.push_back({n, std::move(*session), sequence});
        }
    }
    co_return out;
}

async_result<std::optional<std::int64_t>>
redis_store::private_session_time(std::string_view user, const protocol::session_id& session) {
    const auto list = keys().private_list(user);
    redis::call asked(at(list), "ZSCORE", list, session.text());
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    if (asked.reply().is_nil()) {
        co_return std::nullopt;
    }
    co_return asked.reply().integer();
}

async_result<std::vector<private_session>> redis_store::private_sessions(
    std::string_view user,
    const std::optional<session_cursor>& after,
    std::size_t limit
) {
    const auto list = keys().private_list(user);
    std::vector<private_session> page;
    // The place behind which the list is read. What is in the list need not be a session id.
    std::string time = after ? std::to_string(after->updated_at) : "+inf";
    std::string member = after ? after->session.text() : "";
    for (;;) {
        // First those of that very time, of which those before the place are left out.
        const auto below = "(" + time;
        redis::call same(at(list), "ZREVRANGEBYSCORE", list, time, time, "WITHSCORES");
        redis::call rest(
            at(list), "ZREVRANGEBYSCORE", list, below, "-inf", "WITHSCORES", "LIMIT", "0", limit
        );
        co_await same.done();
        co_await rest.done();
        if (auto bad = access_.refusal(same)) {
            co_return *std::move(bad);
        }
        if (auto bad = access_.refusal(rest)) {
            co_return *std::move(bad);
        }
        const auto add = [&](redis::reply_view found, bool is_same) {
            for (std::size_t i = 0; i + 1 < found.size() && page.size() < limit; i += 2) {
                const auto text = found[i].text();
                auto session = protocol::session_id::parse(text);
                if (session && !(is_same && text >= member)) {
                    page.push_back({*std::move(session), found[i + 1].integer()});
                }
            }
        };
        add(same.reply(), true);
        add(rest.reply(), false);
        const auto found = rest.reply();
        if (page.size() >= limit || found.size() < 2 * limit) {
            co_return page;
        }
        member = found[found.size() - 2].text();
        time = found[found.size() - 1].text();
    }
}

}  // namespace gim::storage
