#include "model/ids.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "storage/random_epoch.hpp"
#include "storage/redis/redis_store.hpp"
#include "storage/redis/redis_told.hpp"
#include "storage/redis/redis_values.hpp"

#include <deque>
#include <utility>

namespace gim::storage {

namespace {

using model::session_id;

// What join.lua returns beside 0 and 1.
constexpr std::int64_t room_is_absent = -1;
constexpr std::int64_t room_is_full = -2;

// The place in a list of names behind one of them.
std::string behind(std::string_view name) {
    return "(" + std::string(name);
}
// The first place for "".
std::string first_behind(std::string_view after) {
    return after.empty() ? std::string("-") : behind(after);
}

}  // namespace

// A room is in the list of all rooms before it is there: so none is there that is not in the list.
worker::async_result<bool>
redis_store::enter(std::string_view room, std::string_view user, std::size_t max_members) {
    const auto session = session_id::room(room);
    const auto head = keys().head(session.text());
    const auto members = keys().members(session.text());
    const auto messages = keys().messages(session.text());
    const auto channel = keys().user_channel(user);
    const auto told = told_membership(room);
    const auto epoch = random_epoch();
    for (const std::string_view make : {"0", "1"}) {
        if (make == "1") {
            const auto all = keys().rooms();
            redis::call registered(
                at(all),
                "EVALSHA",
                access_.name_of(redis_script::register_room),
                "1",
                all,
                room,
                options_.most.rooms
            );
            co_await registered.done();
            if (auto bad = access_.refusal(registered)) {
                co_return *std::move(bad);
            }
            if (registered.reply().integer() == 0) {
                access_.home().counters().add(stats::event::refused_room);
                co_return model::error{
                    model::status::unavailable, "there are as many rooms as there may be"};
            }
        }
        redis::call entered(
            at(head),
            "EVALSHA",
            access_.name_of(redis_script::join),
            "3",
            head,
            members,
            messages,
            user,
            make,
            ttl_ms(),
            epoch,
            channel,
            told,
            max_members
        );
        co_await entered.done();
        if (auto bad = access_.refusal(entered)) {
            co_return *std::move(bad);
        }
        const auto outcome = entered.reply().integer();
        if (outcome == room_is_full) {
            co_return limit_reached();
        }
        if (outcome != room_is_absent) {
            co_return outcome == 1;
        }
    }
    co_return false;
}

worker::async_result<bool>
redis_store::add_member(std::string_view room, std::string_view user, std::size_t max_members) {
    return enter(room, user, max_members);
}

worker::async_result<bool> redis_store::create_room(std::string_view room) {
    return enter(room, {}, 0);
}

worker::async_result<bool>
redis_store::remove_member(std::string_view room, std::string_view user) {
    const auto members = keys().members(session_id::room(room).text());
    const auto channel = keys().user_channel(user);
    const auto told = told_membership(room);
    redis::call left(
        at(members),
        "EVALSHA",
        access_.name_of(redis_script::leave),
        "1",
        members,
        user,
        channel,
        told
    );
    co_await left.done();
    if (auto bad = access_.refusal(left)) {
        co_return *std::move(bad);
    }
    co_return left.reply().integer() == 1;
}

worker::async_result<bool> redis_store::is_member(std::string_view room, std::string_view user) {
    const auto members = keys().members(session_id::room(room).text());
    redis::call asked(at(members), "ZSCORE", members, user);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    co_return !asked.reply().is_nil();
}

worker::async_result<std::optional<std::vector<std::string>>> redis_store::remove_room(
    std::string_view room
) {
    const auto session = session_id::room(room);
    const auto head = keys().head(session.text());
    const auto members = keys().members(session.text());
    const auto messages = keys().messages(session.text());
    const auto channel = keys().channel(session.text());
    const auto told = told_membership(room);
    const auto begin = keys().user_channel_begin();
    const auto end = redis_keys::user_channel_end();
    redis::call removed(
        at(head),
        "EVALSHA",
        access_.name_of(redis_script::dismiss),
        "3",
        head,
        members,
        messages,
        channel,
        told_dismissed,
        begin,
        end,
        told,
        access_.publish_command(head)
    );
    const auto all = keys().rooms();
    redis::call listed(at(all), "ZREM", all, room);
    co_await removed.done();
    co_await listed.done();
    if (auto bad = access_.refusal(removed)) {
        co_return *std::move(bad);
    }
    const auto reply = removed.reply();
    if (reply.is_nil()) {
        co_return std::nullopt;
    }
    std::size_t wrong = 0;
    auto were = read_ids(reply, wrong);
    access_.left_out(wrong, members);
    co_return were;
}

worker::async_result<std::optional<room_record>> redis_store::find_room(std::string_view room) {
    const auto session = session_id::room(room);
    const auto head = keys().head(session.text());
    const auto members = keys().members(session.text());
    redis::call known(at(head), "HEXISTS", head, "r");
    redis::call count(at(members), "ZCARD", members);
    co_await known.done();
    co_await count.done();
    if (auto bad = access_.refusal(known)) {
        co_return *std::move(bad);
    }
    if (auto bad = access_.refusal(count)) {
        co_return *std::move(bad);
    }
    if (known.reply().integer() == 0) {
        co_return std::nullopt;
    }
    std::size_t wrong = 0;
    const auto inside = read_count(count.reply(), wrong);
    access_.left_out(wrong, members);
    co_return room_record{std::string(room), inside};
}

worker::async_result<id_page>
redis_store::members(std::string_view room, std::string_view after, std::size_t limit) {
    const auto key = keys().members(session_id::room(room).text());
    id_page page;
    std::string from = first_behind(after);
    for (;;) {
        redis::call found(at(key), "ZRANGEBYLEX", key, from, "+", "LIMIT", "0", limit + 1);
        redis::call count(at(key), "ZCARD", key);
        co_await found.done();
        co_await count.done();
        if (auto bad = access_.refusal(found)) {
            co_return *std::move(bad);
        }
        if (auto bad = access_.refusal(count)) {
            co_return *std::move(bad);
        }
        const auto reply = found.reply();
        std::size_t wrong = 0;
        page.total = read_count(count.reply(), wrong);
        for (auto& id : read_ids(reply, wrong)) {
            page.ids.push_back(std::move(id));
        }
        access_.left_out(wrong, key);
        page.has_more = page.ids.size() > limit;
        if (page.has_more) {
            page.ids.resize(limit);
        }
        if (page.has_more || reply.size() <= limit) {
            co_return page;
        }
        // Some are left out: in their place come those behind them.
        from = behind(reply[reply.size() - 1].text());
    }
}

// One that nobody touched for so long that Redis has forgotten it is taken off the list here.
// Should it be made again at that moment, it is put back.
worker::async_result<std::vector<room_record>>
redis_store::rooms(std::string_view after, std::size_t limit) {
    const auto all = keys().rooms();
    std::vector<room_record> page;
    std::string from = first_behind(after);
    for (;;) {
        redis::call listed(at(all), "ZRANGEBYLEX", all, from, "+", "LIMIT", "0", limit);
        co_await listed.done();
        if (auto bad = access_.refusal(listed)) {
            co_return *std::move(bad);
        }
        const auto ids = listed.reply();
        for (std::size_t i = 0; i < ids.size() && page.size() < limit; ++i) {
            const auto id = ids[i].text();
            if (!model::is_valid_id(id)) {
                access_.left_out(1, all);
                continue;
            }
            auto found = co_await find_room(id);
            if (!found) {
                co_return found.error();
            }
            if (*found) {
                page.push_back(std::move(**found));
                continue;
            }
            at(all).send("ZREM", all, id);
            found = co_await find_room(id);
            if (found && *found) {
                at(all).send("ZADD", all, "0", id);
            }
        }
        if (ids.size() < limit || page.size() >= limit) {
            co_return page;
        }
        from = behind(ids[ids.size() - 1].text());
    }
}

}  // namespace gim::storage
