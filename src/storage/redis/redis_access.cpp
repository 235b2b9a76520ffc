#include "storage/redis/redis_access.hpp"

#include "base/printable.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "observe/stats/log_failure.hpp"
#include "storage/random_epoch.hpp"
#include "storage/redis/redis_values.hpp"
#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace gim::storage {

namespace {

// Empty: nothing is.
std::string wrong_with(const redis::call& c) {
    if (c.is_lost()) {
        return "lost";
    }
    return c.reply().is_error() ? std::string(c.reply().text()) : std::string();
}

// Redis is not what it was when the connection was made: another one may be better.
bool is_of_connection(std::string_view error) {
    constexpr std::array<std::string_view, 5> kinds{
        "NOSCRIPT", "READONLY", "LOADING", "MASTERDOWN", "NOAUTH"};
    return std::ranges::any_of(kinds, [&](auto kind) { return error.starts_with(kind); });
}

}  // namespace

redis_access::redis_access(worker::worker& home, redis_place place, events told)
    : place_(std::move(place)),
      keys_(place_.prefix),
      told_(std::move(told)),
      servers_(
          home,
          [this] {
              redis::servers_options out;
              out.where = place_.where;
              out.prepare = [this](redis::early c, std::size_t server) {
                  return prepare(c, server);
              };
              out.changed = told_.changed;
              out.moved = told_.moved;
              return out;
          }()
      ),
      epoch_timer_([this] {
          servers_.home().arm(epoch_timer_, place_.epoch_interval);
          if (is_up()) {
              worker::spawn(servers_.home(), "redis epoch", [this] { return check_epoch(); });
          }
      }) {}

void redis_access::start() {
    servers_.start();
    home().arm(epoch_timer_, place_.epoch_interval);
}

boost::asio::awaitable<std::string> redis_access::prepare(redis::early c, std::size_t server) {
    for (std::size_t i = 0; i < redis_script_count; ++i) {
        redis::call load(c, "SCRIPT", "LOAD", redis_script_texts[i]);
        co_await load.done();
        if (const auto wrong = wrong_with(load); !wrong.empty()) {
            co_return wrong;
        }
        if (!is_script_name(load.reply().text())) {
            co_return "SCRIPT LOAD: no name of a script";
        }
        names_[i] = load.reply().text();
    }
    const bool has_what_is_of_all = servers_.server_of(keys_.epoch()) == server;
    std::string wrong;
    if (has_what_is_of_all) {
        wrong = co_await learn_epoch_of(c);
    }
    if (wrong.empty()) {
        wrong = co_await look_for_newest(c, server);
    }
    if (wrong.empty() && has_what_is_of_all) {
        co_await told_.claim(c);
    }
    co_return wrong;
}

boost::asio::awaitable<std::string> redis_access::learn_epoch_of(redis::early c) {
    const auto& key = keys_.epoch();
    redis::call get(c, "GET", key);
    co_await get.done();
    if (auto wrong = wrong_with(get); !wrong.empty()) {
        co_return wrong;
    }
    std::string now(get.reply().text());
    if (now.empty()) {
        // Only then, as a Redis that is full refuses to be written to, whatever there is.
        const auto fresh = random_epoch();
        redis::call made(c, "SET", key, fresh, "NX");
        redis::call agreed(c, "GET", key);
        co_await made.done();
        co_await agreed.done();
        now = agreed.reply().text();
        if (now.empty()) {
            co_return made.is_lost() ? "lost" : std::string(made.reply().text());
        }
    }
    if (!is_epoch(now)) {
        left_out(1, key);
        auto refused = co_await renew_epoch(std::move(now));
        co_return refused;
    }
    learn_epoch(std::move(now));
    co_return std::string();
}

// Whether Redis lost some of what it had acknowledged is known by the last of it. Then all that is
// kept gets another epoch, so that whoever knew the old one never takes a new message for one that
// was lost. In a cluster, what one server had another may have now.
boost::asio::awaitable<std::string>
redis_access::look_for_newest(redis::early c, std::size_t server) {
    for (std::size_t i = 0; i < newest_.size(); ++i) {
        const auto expected = newest_[i];
        // Later, Redis may have forgotten it because nobody touched it.
        const bool is_fresh = worker::worker::clock::now() - expected.at < place_.ttl / 2;
        if (expected.head.empty() || !is_fresh || servers_.server_of(expected.head) != server) {
            continue;
        }
        redis::call top(c, "HGET", expected.head, "s");
        co_await top.done();
        auto wrong = wrong_with(top);
        std::size_t wrong_values = 0;
        const auto sequence = read_count(top.reply(), wrong_values);
        left_out(wrong_values, expected.head);
        if (wrong.empty() && sequence < expected.sequence) {
            wrong = co_await renew_epoch(epoch_);
        }
        if (!wrong.empty()) {
            co_return wrong;
        }
    }
    co_return std::string();
}

boost::asio::awaitable<std::string> redis_access::renew_epoch(std::string before) {
    const auto& key = keys_.epoch();
    const auto fresh = random_epoch();
    const auto name = name_of(redis_script::renew_epoch);
    const redis::early to{&for_all()};  // which may be the one that is being prepared
    redis::call renew(to, "EVALSHA", name, "1", key, before, fresh);
    co_await renew.done();
    auto wrong = wrong_with(renew);
    if (wrong.empty()) {
        learn_epoch(std::string(renew.reply().text()));
    }
    co_return wrong;
}

void redis_access::learn_epoch(std::string now) {
    if (!is_epoch(now)) {
        left_out(1, keys_.epoch());
        return;
    }
    const bool is_another = !epoch_.empty() && now != epoch_;
    epoch_ = std::move(now);
    if (is_another) {
        spdlog::warn(
            "redis {}: lost some of what it had, the epoch is {} now", place_.where.where(), epoch_
        );
        newest_.clear();
        told_.lost();
    }
}

boost::asio::awaitable<void> redis_access::check_epoch() {
    const auto& key = keys_.epoch();
    redis::call asked(for_all(), "GET", key);
    co_await asked.done();
    if (!wrong_with(asked).empty()) {
        co_return;
    }
    std::string now(asked.reply().text());
    if (is_epoch(now)) {
        learn_epoch(std::move(now));
        co_return;
    }
    if (asked.reply().is_nil()) {
        now = epoch_;
    } else {
        left_out(1, key);
    }
    co_await renew_epoch(std::move(now));
}

std::optional<model::error> redis_access::refusal(const redis::call& c) {
    if (!c.is_lost() && !c.reply().is_error()) {
        return std::nullopt;
    }
    auto refused = refuse();
    if (c.reply().is_error()) {
        const auto error = c.reply().text();
        const auto where = c.server().place().where();
        stats::log_failure(stats::failure::storage, {}, "redis {}: refused: {}", where, error);
        if (is_of_connection(error)) {
            c.server().reconnect(std::string(error));
        }
    }
    return refused;
}

model::error redis_access::refuse() {
    home().counters().add(stats::event::refused_storage);
    return unavailable();
}

void redis_access::left_out(std::size_t values, std::string_view key) {
    if (values == 0) {
        return;
    }
    home().counters().add(stats::event::redis_value_left_out, values);
    std::string printable;
    for (const char c : key) {
        if (base::is_printable(c)) {
            printable += c;
        } else {
            base::append_hex_escape(c, printable);
        }
    }
    stats::log_failure(
        stats::failure::redis_value,
        {},
        "redis {}: {}: left out what gim does not write there: {} of the values",
        place_.where.where(),
        printable,
        values
    );
}

model::error redis_access::unavailable() {
    return {model::status::unavailable, "storage unavailable, try again"};
}

void redis_access::keep_in_mind(const std::string& head, std::uint64_t sequence) {
    const auto server = servers_.server_of(head);
    newest_.resize(std::max(newest_.size(), server + 1));
    auto& newest = newest_[server];
    newest.head = head;  // which keeps what it has allocated
    newest.sequence = sequence;
    newest.at = worker::worker::clock::now();
}

}  // namespace gim::storage
