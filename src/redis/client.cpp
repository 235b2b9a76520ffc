#include "redis/client.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "observe/stats/log_failure.hpp"
#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <random>
#include <utility>

namespace gim::redis {

call::~call() {
    if (is_awaited_) {
        to_->forget(*this);
    }
}

client::client(worker::worker& home, client_options options)
    : home_(home),
      options_(std::move(options)),
      backoff_(std::random_device{}()),
      alarm_(home, [this] { ring(); }) {}

// Who still waits is of a server that has stopped, and is destroyed with the worker.
client::~client() {
    if (link_ != nullptr) {
        link_->close();
    }
    for (const auto& c : pending_) {
        if (c.who != nullptr) {
            c.who->is_awaited_ = false;
        }
    }
    for (const auto& c : pending_) {
        if (c.who != nullptr) {
            c.who->done_.abandon();
        }
    }
}

void client::move_to(const url& where) {
    if (state_ == state::stopped) {
        options_.where = where;
        was_told_down_ = false;
        backoff_.reset();
    }
}

void client::start() {
    if (state_ == state::stopped) {
        open();
    }
}

void client::stop() {
    state_ = state::stopped;
    if (const auto old = std::exchange(link_, nullptr)) {
        old->close();
    }
    why_down_ = "stopped";
    lose_all();
}

void client::reconnect(const std::string& why) {
    if (link_ != nullptr) {
        link_->close();
        down(why);
    }
}

void client::open() {
    state_ = state::opening;
    alarm_.ring_only_at(clock::now() + options_.timeout);
    owner& self = *this;
    link_ = std::make_shared<link>(home_, self);
    link_->open(options_.where);
}

void client::opened() {
    state_ = state::preparing;
    worker::spawn(home_, "redis", [this] { return prepare(); });
}

boost::asio::awaitable<void> client::prepare() {
    const auto& where = options_.where;
    const auto link = link_;
    const early me{this};
    const std::string database = std::to_string(where.database);
    std::string wrong;
    const auto keep_wrong = [&wrong](const call& c) {
        if (wrong.empty() && c.reply().is_error()) {
            wrong = c.reply().text();
        }
    };
    if (!where.password.empty()) {
        const std::string user = where.user.empty() ? "default" : where.user;
        call login(me, "AUTH", user, where.password);
        co_await login.done();
        keep_wrong(login);
    }
    call select(me, "SELECT", database);
    call name(me, "CLIENT", "SETNAME", options_.name);
    co_await select.done();
    co_await name.done();
    keep_wrong(select);
    keep_wrong(name);
    if (wrong.empty() && link_ == link && options_.prepare) {
        wrong = co_await options_.prepare(me);
    }
    if (link_ != link) {
        co_return;  // it has ended, and somebody else has said so
    }
    if (!wrong.empty()) {
        reconnect(wrong);
        co_return;
    }
    state_ = state::up;
    backoff_.reset();
    if (std::exchange(was_told_down_, false)) {
        spdlog::info("redis {}: connected again", where.where());
    }
    if (options_.changed) {
        options_.changed(true);
    }
}

void client::ended(const std::string& why) {
    down(why);
}

void client::down(const std::string& why) {
    const bool was_up = is_up();
    state_ = state::waiting;
    link_.reset();
    why_down_ = why;
    was_told_down_ = true;
    home_.counters().add(stats::event::redis_lost);
    stats::log_failure(stats::failure::redis, {}, "redis {}: {}", options_.where.where(), why);
    is_ticking_ = false;
    alarm_.ring_only_at(clock::now() + backoff_.next());
    lose_all();
    if (was_up && options_.changed) {
        options_.changed(false);
    }
}

void client::take(sent_command c, bool is_asking) {
    if (!is_up()) {
        if (c.who != nullptr) {
            c.who->lose();
        }
        return;
    }
    if (is_asking) {
        send("ASKING");
    }
    prepare_to_send();
    link_->out() += c.bytes;
    remember(std::move(c));
}

void client::prepare_to_send() {
    if (pending_.full()) {
        pending_.set_capacity(pending_.capacity() * 2);
    }
    link_->flush_soon();
    begin_ticking();
}

void client::remember(sent_command c) noexcept {
    if (c.who != nullptr) {
        c.who->to_ = this;
        c.who->is_awaited_ = true;
        c.who->number_ = sent_;
    }
    pending_.push_back(std::move(c));
    ++sent_;
}

void client::forget(const call& who) noexcept {
    pending_[static_cast<std::size_t>(who.number_ - answered_)].who = nullptr;
}

void client::received(reply_ptr reply) {
    if (pending_.empty()) {
        reconnect("a reply to nothing");
        return;
    }
    auto c = std::move(pending_.front());
    pending_.pop_front();
    ++answered_;
    if (const reply_view r(reply.get()); r.is_error() && is_up() && options_.redirect) {
        try {
            if (options_.redirect(r.text(), c)) {
                return;
            }
        } catch (...) {
            if (c.who != nullptr) {
                c.who->lose();
            }
            throw;
        }
    }
    if (c.who != nullptr) {
        c.who->is_awaited_ = false;
        c.who->reply_ = std::move(reply);
        c.who->done_.set();
    }
}

void client::lose_all() {
    while (!pending_.empty()) {
        call* const who = pending_.front().who;
        pending_.pop_front();
        ++answered_;
        if (who != nullptr) {
            who->lose();
        }
    }
}

// --- time

void client::begin_ticking() {
    if (!is_ticking_ && state_ != state::stopped) {
        marks_.fill(answered_);
        alarm_.ring_only_at(clock::now() + options_.timeout / ticks);
        is_ticking_ = true;
    }
}

// Something that had been sent a whole timeout ago has no reply.
bool client::is_late() {
    auto& oldest = marks_[tick_];
    tick_ = (tick_ + 1) % ticks;
    return answered_ < std::exchange(oldest, sent_);
}

void client::ring() {
    switch (state_) {
        case state::stopped:
            return;
        case state::waiting:
            open();
            return;
        case state::opening:
            reconnect("no connection in time");
            return;
        case state::preparing:
        case state::up:
            break;
    }
    if (!std::exchange(is_ticking_, false) || pending_.empty()) {
        return;
    }
    if (is_late()) {
        home_.counters().add(stats::event::redis_timed_out);
        reconnect("no reply in time");
        return;
    }
    alarm_.ring_only_at(clock::now() + options_.timeout / ticks);
    is_ticking_ = true;
}

}  // namespace gim::redis
