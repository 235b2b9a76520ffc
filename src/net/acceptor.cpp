#include "net/acceptor.hpp"

#include "stats/counters.hpp"
#include "stats/log_failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <fcntl.h>
#include <sys/socket.h>
#include <utility>

namespace gim::net {

namespace {

constexpr std::chrono::milliseconds shortest_pause{10};
constexpr std::chrono::milliseconds longest_pause{1000};
// How many are closed with the spare descriptor before a rest: more would keep the worker from
// those who are there.
constexpr int most_closed_at_once = 64;

unique_fd spare_descriptor() {
    return unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_out_of_descriptors(const boost::system::error_code& ec) {
    return ec == boost::system::errc::too_many_files_open ||
           ec == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

acceptor::acceptor(
    worker::worker& home,
    unique_fd listening,
    const tcp& protocol,
    door where,
    admission& all,
    const door_rules& rules,
    door_calls calls
)
    : home_(home),
      listening_(home.executor(), protocol, listening.release()),
      pause_(home.executor()),
      pause_length_(shortest_pause),
      spare_(spare_descriptor()),
      where_(where),
      all_(all),
      rules_(rules),
      refuser_(home),
      calls_(std::move(calls)) {}

void acceptor::start() {
    accept_next();
}

void acceptor::stop() {
    boost::system::error_code ignored;  // closing a listening socket loses nothing
    listening_.close(ignored);
    pause_.cancel();
}

void acceptor::pause() {
    is_paused_ = true;
    boost::system::error_code ignored;
    listening_.cancel(ignored);
    pause_.cancel();
}

void acceptor::resume() {
    is_paused_ = false;
    // Else what still waits, though it was told not to, goes on.
    if (!is_waiting_) {
        go_on();
    }
}

void acceptor::go_on() {
    if (listening_.is_open() && !is_paused_) {
        accept_next();
    }
}

void acceptor::accept_next() {
    is_waiting_ = true;
    listening_.async_accept(from_, [this](boost::system::error_code ec, tcp_socket socket) {
        is_waiting_ = false;
        if (!listening_.is_open()) {
            return;
        }
        if (ec == asio::error::operation_aborted) {
            go_on();
            return;
        }
        if (ec) {
            on_failure(ec);
            return;
        }
        pause_length_ = shortest_pause;
        try {
            take(std::move(socket));
        } catch (const std::exception& e) {
            stats::log_failure(
                stats::failure::accepting, {}, "a connection could not begin: {}", e.what()
            );
        }
        go_on();
    });
}

void acceptor::take(tcp_socket socket) {
    if (!all_.welcomes(plain(from_.address()))) {
        turn_away(refusal::stranger, std::move(socket));
        return;
    }
    const auto now = admission::clock::now();
    auto place = all_.enter(where_, now);
    if (!place) {
        turn_away(place.error(), std::move(socket));
        return;
    }
    peer who(from_.address(), std::move(*place));
    // The client behind a proxy is known later.
    if (!rules_.trusted_proxies.contain(who.from())) {
        if (const auto why = who.become(who.from(), now)) {
            turn_away(*why, std::move(socket));
            return;
        }
    }
    calls_.on_arrival({std::move(socket), std::move(who)});
}

void acceptor::turn_away(refusal why, tcp_socket socket) {
    const auto answer = all_.turn_away(why, plain(from_.address()), home_.counters());
    refuser_.refuse(std::move(socket), calls_.refusal(answer));
}

void acceptor::on_failure(boost::system::error_code why) {
    // ECONNABORTED and the like concern one connection; the rest (EMFILE, ENFILE, ENOBUFS, ENOMEM)
    // does not pass at once.
    if (why == asio::error::connection_aborted) {
        go_on();
        return;
    }
    if (const auto held_back = all_.lines(refusal::no_descriptor).allow()) {
        spdlog::warn(
            "cannot accept: {}; trying again in {} ms{}",
            why.message(),
            pause_length_.count(),
            stats::held_back_text(*held_back)
        );
    }
    if (is_out_of_descriptors(why)) {
        close_waiting();
    }
    rest();
}

// Those who wait in the queue would wait until descriptors are free, and be cut off by no deadline
// of ours. So they hear at once that they must come again.
void acceptor::close_waiting() {
    spare_.reset();
    const auto answer = calls_.refusal(all_.answer_to(refusal::no_descriptor));
    for (int i = 0; i < most_closed_at_once; ++i) {
        constexpr int kind = SOCK_NONBLOCK | SOCK_CLOEXEC;
        const unique_fd socket(::accept4(listening_.native_handle(), nullptr, nullptr, kind));
        if (!socket) {
            break;
        }
        if (!answer.empty()) {
            ::send(socket.get(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        }
        home_.counters().add(stats::event::refused_no_descriptor);
    }
    spare_ = spare_descriptor();
}

void acceptor::rest() {
    pause_.expires_after(pause_length_);
    pause_length_ = std::min(pause_length_ * 2, longest_pause);
    is_waiting_ = true;
    pause_.async_wait([this](boost::system::error_code) {
        is_waiting_ = false;
        go_on();
    });
}

}  // namespace gim::net
