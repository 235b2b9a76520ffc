#include "redis/subscriber.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "observe/stats/log_failure.hpp"
#include "redis/command.hpp"

#include <random>
#include <utility>

namespace gim::redis {

namespace {

// Signs of life are asked for so often in a timeout.
constexpr int rounds = 2;

}  // namespace

subscriber::subscriber(worker::worker& home, subscriber_options options)
    : home_(home),
      options_(std::move(options)),
      backoff_(std::random_device{}()),
      alarm_(home, [this] { ring(); }) {}

// Who still waits is of a server that has stopped, and is destroyed with the worker.
subscriber::~subscriber() {
    if (link_ != nullptr) {
        link_->close();
    }
    for (auto& [name, c] : channels_) {
        while (!c->waiting.empty()) {
            auto& w = c->waiting.front();
            c->waiting.pop_front();
            w.done.abandon();
        }
    }
}

void subscriber::start() {
    if (state_ == state::stopped) {
        open();
    }
}

void subscriber::stop() {
    state_ = state::stopped;
    if (const auto old = std::exchange(link_, nullptr)) {
        old->close();
    }
    unanswered_.clear();
    lose_all();
}

void subscriber::open() {
    state_ = state::opening;
    alarm_.ring_only_at(clock::now() + options_.timeout);
    owner& self = *this;
    link_ = std::make_shared<link>(home_, self);
    place_ = options_.where();
    link_->open(place_);
}

void subscriber::opened() {
    state_ = state::greeting;
    const auto& where = place_;
    auto& out = link_->out();
    greetings_ = 1;
    if (!where.password.empty()) {
        const std::string user = where.user.empty() ? "default" : where.user;
        append_command(out, "AUTH", user, where.password);
        ++greetings_;
    }
    append_command(out, "CLIENT", "SETNAME", options_.name);
    has_heard_ = true;
    silent_rounds_ = 0;
    alarm_.ring_only_at(clock::now() + options_.timeout / rounds);
}

void subscriber::take_greeting(reply_view reply) {
    if (reply.is_error()) {
        link_->close();
        down(std::string(reply.text()));
        return;
    }
    --greetings_;
    if (greetings_ == 0) {
        state_ = state::restoring;
        subscribe_to_all();
        settle();
    }
}

void subscriber::subscribe_to_all() {
    for (auto& [name, c] : channels_) {
        c->command = ask(kind::subscribe, name);
    }
    to_restore_ = commands_;
}

std::uint64_t subscriber::ask(kind what, std::string_view name) {
    auto& out = link_->out();
    const auto begin = out.size();
    unanswered_.push_back({what, std::string(name), commands_ + 1});
    try {
        if (what == kind::ping) {
            append_command(out, "PING");
        } else if (what == kind::subscribe) {
            append_command(out, is_sharded() ? "SSUBSCRIBE" : "SUBSCRIBE", name);
        } else {
            append_command(out, is_sharded() ? "SUNSUBSCRIBE" : "UNSUBSCRIBE", name);
        }
        link_->flush_soon();
    } catch (...) {  // what is written and what is awaited stay the same
        out.resize(begin);
        unanswered_.pop_back();
        throw;
    }
    return ++commands_;
}

// Up when every channel of the beginning is heard; there may always be others that are not yet.
void subscriber::settle() {
    const bool is_restored = unanswered_.empty() || unanswered_.front().command > to_restore_;
    if (state_ == state::restoring && is_restored) {
        state_ = state::up;
        backoff_.reset();
        options_.changed(true);
    }
}

void subscriber::subscribe(std::string_view name) {
    if (channels_.contains(name)) {
        return;
    }
    const auto made = channels_.try_emplace(std::string(name), std::make_unique<channel>()).first;
    if (state_ < state::restoring) {
        return;
    }
    try {
        made->second->command = ask(kind::subscribe, name);
    } catch (...) {
        channels_.erase(made);  // else it would count as asked for
        throw;
    }
}

void subscriber::unsubscribe(std::string_view name) {
    const auto found = channels_.find(name);
    if (found == channels_.end()) {
        return;
    }
    const auto gone = std::move(found->second);
    channels_.erase(found);
    if (state_ >= state::restoring) {
        ask(kind::unsubscribe, name);
    }
    tell(*gone, false);
}

boost::asio::awaitable<bool> subscriber::active(std::string name) {
    const auto found = channels_.find(name);
    if (found == channels_.end() || state_ < state::opening) {
        co_return false;
    }
    if (found->second->is_active) {
        co_return true;
    }
    waiter w;
    found->second->waiting.push_back(w);
    co_await w.done.wait();
    co_return w.is_active;
}

void subscriber::tell(channel& c, bool is_active) {
    c.is_active = is_active;
    waiter_list told;
    told.swap(c.waiting);
    while (!told.empty()) {
        auto& w = told.front();
        told.pop_front();
        w.is_active = is_active;
        w.done.set();
    }
}

void subscriber::received(reply_ptr reply) {
    has_heard_ = true;
    const reply_view r(reply.get());
    if (state_ == state::greeting) {
        take_greeting(r);
        return;
    }
    auto what = r[0].text();
    const auto name = r[1].text();
    if (is_sharded() && what.starts_with('s')) {
        what.remove_prefix(1);
    }
    const bool is_pong = what == "pong" || r.text() == "PONG";
    if (what == "message") {
        options_.received(name, r[2].text());
    } else if (what == "unsubscribe" && is_sharded() && !is_asked_to_leave(name)) {
        lose(name);
    } else if (what == "subscribe" || what == "unsubscribe" || is_pong || r.is_error()) {
        answered(r);
    }
}

bool subscriber::is_asked_to_leave(std::string_view name) const {
    return !unanswered_.empty() && unanswered_.front().what == kind::unsubscribe &&
           unanswered_.front().channel == name;
}

void subscriber::answered(reply_view reply) {
    std::string wrong;
    unanswered to{kind::ping, {}, 0};
    if (unanswered_.empty()) {
        wrong = "a reply to nothing";
    } else {
        to = std::move(unanswered_.front());
        unanswered_.pop_front();
    }
    const bool is_subscription = to.what == kind::subscribe;
    if (reply.is_error()) {
        const bool is_elsewhere = is_sharded() && reply.text().starts_with("MOVED ");
        if (!is_elsewhere) {
            wrong = reply.text();
        } else if (is_subscription && is_last_word(to)) {
            lose(to.channel);
        }
    } else if (is_subscription) {
        if (reply[1].text() != to.channel) {
            wrong = "a confirmation that was not asked for";
        } else if (is_last_word(to)) {
            tell(*channels_.find(to.channel)->second, true);
        }
    }
    if (wrong.empty()) {
        settle();
    } else if (link_ != nullptr) {
        link_->close();
        down(wrong);
    }
}

// Nobody has changed his mind since.
bool subscriber::is_last_word(const unanswered& subscription) const {
    const auto found = channels_.find(subscription.channel);
    return found != channels_.end() && found->second->command == subscription.command;
}

void subscriber::lose(std::string_view name) {
    if (const auto found = channels_.find(name); found != channels_.end()) {
        found->second->is_active = false;
        options_.gone(name);
    }
}

void subscriber::ended(const std::string& why) {
    down(why);
}

void subscriber::down(const std::string& why) {
    const bool was_up = is_up();
    state_ = state::waiting;
    link_.reset();
    unanswered_.clear();
    home_.counters().add(stats::event::redis_subscription_lost);
    stats::log_failure(
        stats::failure::redis_subscription,
        {},
        "redis {}: subscriptions lost: {}",
        place_.where(),
        why
    );
    alarm_.ring_only_at(clock::now() + backoff_.next());
    if (was_up) {
        options_.changed(false);
    }
    lose_all();
}

void subscriber::lose_all() {
    // First all of it: who goes on may subscribe and unsubscribe.
    waiter_list told;
    for (auto& [name, c] : channels_) {
        c->is_active = false;
        told.splice(told.end(), c->waiting);
    }
    while (!told.empty()) {
        auto& w = told.front();
        told.pop_front();
        w.done.set();
    }
}

// --- time

void subscriber::ring() {
    switch (state_) {
        case state::stopped:
            return;
        case state::waiting:
            open();
            return;
        case state::opening:
            link_->close();
            down("no connection in time");
            return;
        case state::greeting:
        case state::restoring:
        case state::up:
            break;
    }
    silent_rounds_ = std::exchange(has_heard_, false) ? 0 : silent_rounds_ + 1;
    if (silent_rounds_ >= rounds) {
        link_->close();
        down("no sign of life in time");
        return;
    }
    if (state_ != state::greeting) {  // before its answers, another one would not be understood
        ask(kind::ping);
    }
    alarm_.ring_only_at(clock::now() + options_.timeout / rounds);
}

}  // namespace gim::redis
