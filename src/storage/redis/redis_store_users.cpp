#include "storage/redis/redis_store.hpp"
#include "storage/redis/redis_told.hpp"
#include "storage/redis/redis_values.hpp"
#include "storage/redis/redis_words.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace gim::storage {

namespace {

// How many of a user's last private messages are known by number, for nodes that missed some.
constexpr std::uint64_t touches_kept = 1000;

}  // namespace

worker::async_result<std::string> redis_store::name_user(const model::user& user, naming how) {
    const auto key = keys().name(user.id);
    const std::vector<std::string> others{
        keys().rooms_of(user.id), keys().private_list(user.id), keys().touches(user.id)};
    redis::call named(
        at(key),
        "EVALSHA",
        access_.name_of(redis_script::put_user),
        1 + others.size(),
        key,
        std::span<const std::string>(others),
        user.name,
        how == naming::always ? "1" : "0",
        ttl_ms()
    );
    co_await named.done();
    if (auto bad = access_.refusal(named)) {
        co_return *std::move(bad);
    }
    std::size_t wrong = 0;
    auto name = read_name(named.reply().text(), user.id, wrong);
    access_.left_out(wrong, key);
    co_return name;
}

worker::async_result<void> redis_store::put_user(const model::user& user) {
    auto name = co_await name_user(user, naming::always);
    if (!name) {
        co_return name.error();
    }
    co_return model::result<void>();
}

worker::async_result<model::user> redis_store::add_user(const model::user& user) {
    auto name = co_await name_user(user, naming::if_unknown);
    if (!name) {
        co_return name.error();
    }
    co_return model::user{user.id, *std::move(name)};
}

worker::async_result<std::optional<model::user>> redis_store::find_user(std::string_view id) {
    const auto key = keys().name(id);
    redis::call asked(at(key), "GET", key);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    if (asked.reply().is_nil()) {
        co_return std::nullopt;
    }
    std::size_t wrong = 0;
    auto name = read_name(asked.reply().text(), id, wrong);
    access_.left_out(wrong, key);
    co_return model::user{std::string(id), std::move(name)};
}

// Published as well as the join: a node may have begun to listen behind the join, and read the list
// before the room was in it.
worker::async_result<void> redis_store::add_room_of(
    std::string_view user,
    std::string_view room,
    std::int64_t now_ms,
    list_options how
) {
    const auto key = keys().rooms_of(user);
    const auto channel = how.is_published ? keys().user_channel(user) : std::string();
    const auto told = told_membership(room);
    redis::call listed(
        at(key),
        "EVALSHA",
        access_.name_of(redis_script::list_room),
        "1",
        key,
        room,
        now_ms,
        how.max_rooms,
        ttl_ms(),
        channel,
        told
    );
    co_await listed.done();
    if (auto bad = access_.refusal(listed)) {
        co_return *std::move(bad);
    }
    if (listed.reply().integer() < 0) {
        co_return limit_reached();
    }
    co_return model::result<void>();
}

worker::async_result<void>
redis_store::remove_room_of(std::string_view user, std::string_view room) {
    const auto key = keys().rooms_of(user);
    redis::call removed(at(key), "HDEL", key, room);
    co_await removed.done();
    if (auto bad = access_.refusal(removed)) {
        co_return *std::move(bad);
    }
    co_return model::result<void>();
}

worker::async_result<std::vector<std::pair<std::string, std::int64_t>>> redis_store::rooms_of(
    std::string_view user
) {
    const auto key = keys().rooms_of(user);
    redis::call asked(at(key), "HGETALL", key);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    std::size_t wrong = 0;
    auto rooms = read_rooms_of(asked.reply(), wrong);
    access_.left_out(wrong, key);
    co_return rooms;
}

worker::async_result<void> redis_store::touch_private_session(
    std::string_view user,
    const model::session_id& session,
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
    co_return model::result<void>();
}

worker::async_result<std::uint64_t> redis_store::newest_touch(std::string_view user) {
    const auto touches = keys().touches(user);
    redis::call asked(at(touches), "ZREVRANGE", touches, "0", "0", "WITHSCORES");
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    std::size_t wrong = 0;
    const auto number = read_count(asked.reply()[1], wrong);
    access_.left_out(wrong, touches);
    co_return number;
}

worker::async_result<redis_store::touch_list>
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
    std::size_t wrong = 0;
    touch_list out;
    out.newest = read_count(newest.reply()[1], wrong);
    out.is_cut = read_count(count.reply(), wrong) >= touches_kept &&
                 read_count(oldest.reply()[1], wrong) > number + 1;
    out.items = read_touches(found.reply(), user, wrong);
    access_.left_out(wrong, touches);
    co_return out;
}

worker::async_result<std::optional<std::int64_t>>
redis_store::private_session_time(std::string_view user, const model::session_id& session) {
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

worker::async_result<std::vector<private_session>> redis_store::private_sessions(
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
        std::size_t wrong = 0;
        auto some = read_private_sessions(same.reply(), user, wrong);
        std::erase_if(some, [&](const auto& s) { return s.session.text() >= member; });
        for (auto& s : read_private_sessions(rest.reply(), user, wrong)) {
            some.push_back(std::move(s));
        }
        access_.left_out(wrong, list);
        for (std::size_t i = 0; i < some.size() && page.size() < limit; ++i) {
            page.push_back(std::move(some[i]));
        }
        const auto found = rest.reply();
        if (page.size() >= limit || found.size() < 2 * limit) {
            co_return page;
        }
        member = found[found.size() - 2].text();
        time = found[found.size() - 1].text();
    }
}

}  // namespace gim::storage
