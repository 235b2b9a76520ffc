#pragma once

#include "redis/backoff.hpp"
#include "redis/command.hpp"
#include "redis/link.hpp"
#include "redis/reply.hpp"
#include "redis/url.hpp"
#include "worker/alarm.hpp"
#include "worker/signal.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/circular_buffer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gim::redis {

class client;

// A client that is not up yet, for what prepares it.
struct early {
    client* to;
};

// A command on its way, in the frame of the coroutine that sent it:
//
//     redis::call asked(client, "GET", key);
//     co_await asked.done();
//     if (asked.is_lost()) ...
//     asked.reply()
//
// Several that were made before the first is awaited go together. Sent when it is made; allocates
// nothing but the reply.
class call {
public:
    // Lost at once if the client is not up.
    template <class... Arguments>
    explicit call(client& to, const Arguments&... arguments);
    template <class... Arguments>
    explicit call(early to, const Arguments&... arguments);
    ~call();
    call(const call&) = delete;
    call& operator=(const call&) = delete;

    // Completes, on the client's worker, when there is a reply or none will come.
    boost::asio::awaitable<void> done() { return done_.wait(); }
    // No reply: it is unknown whether Redis did it.
    bool is_lost() const noexcept { return reply_ == nullptr; }
    // Nil if it is lost.
    reply_view reply() const noexcept { return reply_view(reply_.get()); }
    // Whose reply it is.
    client& server() const noexcept { return *to_; }

private:
    friend class client;

    void lose() {
        is_awaited_ = false;
        done_.set();
    }

    client* to_;
    bool is_awaited_ = false;  // by its client
    std::uint64_t number_ = 0;
    worker::signal done_;
    reply_ptr reply_;
};

// A command as it was sent, whose reply says that another server must be asked.
struct sent_command {
    call* who = nullptr;  // null: the reply is of no interest
    std::string bytes;
    int redirections = 0;  // that it has behind it
};

struct client_options {
    url where;
    // A command that has no reply by then, or an eighth later, is lost with all others, and the
    // connection is made anew. Larger: what hangs is noticed later.
    std::chrono::milliseconds timeout{800};
    // How Redis shows the connection in CLIENT LIST.
    std::string name = "gim";
    // Is run on each new connection before it counts as up; returns what is wrong, or nothing.
    std::function<boost::asio::awaitable<std::string>(early)> prepare = {};
    // Told when it is up, and when it no longer is.
    std::function<void(bool is_up)> changed = {};
    // Is offered every command that is answered with an error; true: it has taken it, and asks
    // another server. Empty: nobody does, and what is sent is not kept.
    std::function<bool(std::string_view error, sent_command& c)> redirect = {};
};

// The commands of one worker to one Redis, pipelined over one connection, which is made anew
// whenever it ends.
//
// Threads: its worker's; may be destroyed by another when the worker has stopped.
class client final : private link::owner {
public:
    client(worker::worker& home, client_options options);
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    void start();
    // Closes the connection and makes no other.
    void stop();
    // Connects there when it is started again. REQUIRES: it is stopped.
    void move_to(const url& where);
    bool is_stopped() const noexcept { return state_ == state::stopped; }
    // What is wrong with it is known by its replies: makes it anew.
    void reconnect(const std::string& why);

    bool is_up() const noexcept { return state_ == state::up; }
    // Why it is not up, for people.
    const std::string& why_down() const noexcept { return why_down_; }
    const url& place() const noexcept { return options_.where; }
    worker::worker& home() noexcept { return home_; }

    // A command whose reply is of no interest.
    template <class... Arguments>
    void send(const Arguments&... arguments) {
        push(state::up, nullptr, arguments...);
    }

    // A command that another server has sent here. `is_asking`: while its slot is on the way here.
    // Lost if the client is not up.
    void take(sent_command c, bool is_asking);

    std::uint64_t sent() const noexcept { return sent_; }

private:
    friend class call;
    enum class state { stopped, waiting, opening, preparing, up };
    static constexpr std::size_t ticks = 8;  // of a timeout

    template <class... Arguments>
    bool push(state at_least, call* who, const Arguments&... arguments) {
        if (state_ < at_least) {
            return false;
        }
        prepare_to_send();
        auto& out = link_->out();
        const auto begin = out.size();
        sent_command c{who, {}, 0};
        try {
            append_command(out, arguments...);
            if (options_.redirect) {
                c.bytes = out.substr(begin);
            }
        } catch (...) {
            out.resize(begin);
            throw;
        }
        remember(std::move(c));
        return true;
    }
    // All that may throw, before a command is written: a command that is written and not remembered
    // would leave its reply, and every later one, to the wrong call.
    void prepare_to_send();
    void remember(sent_command c) noexcept;
    void forget(const call& who) noexcept;

    void opened() override;
    void received(reply_ptr reply) override;
    void ended(const std::string& why) override;

    void open();
    boost::asio::awaitable<void> prepare();
    std::string wrong_greeting() const;
    void down(const std::string& why);
    using clock = worker::worker::clock;
    void ring();
    void lose_all();
    void begin_ticking();
    bool is_late();

    worker::worker& home_;
    client_options options_;
    state state_ = state::stopped;
    std::shared_ptr<link> link_;  // null: waiting or stopped
    boost::circular_buffer<sent_command> pending_{64};
    std::uint64_t sent_ = 0;
    std::uint64_t answered_ = 0;
    // How many were sent at the last ticks.
    std::array<std::uint64_t, ticks> marks_{};
    std::size_t tick_ = 0;
    bool is_ticking_ = false;
    backoff backoff_;
    worker::alarm alarm_;
    std::string why_down_ = "not connected yet";
    bool was_told_down_ = false;
};

template <class... Arguments>
call::call(client& to, const Arguments&... arguments) : to_(&to) {
    if (!to.push(client::state::up, this, arguments...)) {
        lose();
    }
}

template <class... Arguments>
call::call(early to, const Arguments&... arguments) : to_(to.to) {
    if (!to_->push(client::state::preparing, this, arguments...)) {
        lose();
    }
}

}  // namespace gim::redis
