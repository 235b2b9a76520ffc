#include "storage/redis_access.hpp"

#include "stats/counters.hpp"
#include "stats/event.hpp"
#include "stats/log_failure.hpp"
#include "storage/random_epoch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace gim::storage {

namespace {

redis::client_options client_options(const redis_place& place) {
    redis::client_options out;
    out.where = place.where;
    return out;
}

// Redis is not what it was when the connection was made: another one may be better.
bool is_of_connection(std::string_view error) {
    constexpr std::array<std::string_view, 5> kinds{
        "NOSCRIPT", "READONLY", "LOADING", "MASTERDOWN", "NOAUTH"};
    return std::ranges::any_of(kinds, [&](auto kind) { return error.starts_with(kind); });
}

}  // namespace

redis_access::redis_access(worker::worker& home, redis_place place, events told)
    : place_(std::move(place)), keys_(place_.prefix), told_(std::move(told)), client_(home, [this] {
          auto out = client_options(place_);
          out.prepare = [this](redis::early c) { return prepare(c); };
          out.changed = told_.changed;
          return out;
      }()) {}

boost::asio::awaitable<std::string> redis_access::prepare(redis::early c) {
    for (std::size_t i = 0; i < redis_script_count; ++i) {
        redis::call load(c, "SCRIPT", "LOAD", redis_script_texts[i]);
        co_await load.done();
        if (load.is_lost() || load.reply().is_error()) {
            co_return load.is_lost() ? "lost" : std::string(load.reply().text());
        }
        names_[i] = load.reply().text();
    }
    auto wrong = co_await agree_on_epoch(c);
    if (wrong.empty()) {
        co_await told_.claim(c);
    }
    co_return wrong;
}

// Whether Redis lost some of what it had acknowledged is known by the last of it. Then all that is
// kept gets another epoch, so that whoever knew the old one never takes a new message for one that
// was lost.
boost::asio::awaitable<std::string> redis_access::agree_on_epoch(redis::early c) {
    const auto fresh = random_epoch();
    const auto key = keys_.epoch();
    redis::call get(c, "GET", key);
    redis::call top(c, "HGET", newest_head_, "s");
    co_await get.done();
    co_await top.done();
    for (const auto* const each : {&get, &top}) {
        if (each->is_lost() || each->reply().is_error()) {
            co_return each->is_lost() ? "lost" : std::string(each->reply().text());
        }
    }
    std::string now(get.reply().text());
    if (now.empty()) {
        // Only then, as a Redis that is full refuses to be written to, whatever there is.
        redis::call made(c, "SET", key, fresh, "NX");
        redis::call agreed(c, "GET", key);
        co_await made.done();
        co_await agreed.done();
        now = agreed.reply().text();
        if (now.empty()) {
            co_return made.is_lost() ? "lost" : std::string(made.reply().text());
        }
    }
    // Later, Redis may have forgotten it because nobody touched it.
    const bool is_fresh = worker::worker::clock::now() - newest_at_ < place_.ttl / 2;
    const bool is_older = !newest_head_.empty() && is_fresh && now == epoch_ &&
                          static_cast<std::uint64_t>(top.reply().integer()) < newest_sequence_;
    if (is_older) {
        redis::call renew(
            c, "EVALSHA", name_of(redis_script::renew_epoch), "1", key, epoch_, fresh
        );
        co_await renew.done();
        if (renew.is_lost() || renew.reply().is_error()) {
            co_return renew.is_lost() ? "lost" : std::string(renew.reply().text());
        }
        now = renew.reply().text();
    }
    learn_epoch(std::move(now));
    co_return std::string();
}

void redis_access::learn_epoch(std::string now) {
    const bool is_another = !epoch_.empty() && now != epoch_;
    epoch_ = std::move(now);
    if (is_another) {
        spdlog::warn(
            "redis {}: lost some of what it had, the epoch is {} now", place_.where.where(), epoch_
        );
        newest_head_.clear();
        told_.lost();
    }
}

boost::asio::awaitable<void> redis_access::check_epoch() {
    const auto key = keys_.epoch();
    redis::call asked(client_, "GET", key);
    co_await asked.done();
    if (!asked.reply().text().empty() && !asked.reply().is_error()) {
        learn_epoch(std::string(asked.reply().text()));
    }
}

std::optional<protocol::error> redis_access::refusal(const redis::call& c) {
    if (!c.is_lost() && !c.reply().is_error()) {
        return std::nullopt;
    }
    auto refused = refuse();
    if (c.reply().is_error()) {
        const auto error = c.reply().text();
        stats::log_failure(
            stats::failure::storage, {}, "redis {}: refused: {}", place_.where.where(), error
        );
        if (is_of_connection(error)) {
            client_.reconnect(std::string(error));
        }
    }
    return refused;
}

protocol::error redis_access::refuse() {
    client_.home().counters().add(stats::event::refused_storage);
    return unavailable();
}

protocol::error redis_access::unavailable() {
    return {protocol::status::unavailable, "storage unavailable, try again"};
}

void redis_access::keep_in_mind(const std::string& head, std::uint64_t sequence) {
    newest_head_ = head;  // which keeps what it has allocated
    newest_sequence_ = sequence;
    newest_at_ = worker::worker::clock::now();
}

}  // namespace gim::storage
