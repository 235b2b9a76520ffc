#include "net/acceptor.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
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
// How many come in before others have their turn on this worker.
constexpr int most_accepted_at_once = 16;

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
      pause_([this] { go_on(); }),
      pause_length_(shortest_pause),
      spare_(spare_descriptor()),
      where_(where),
      all_(all),
      rules_(rules),
      refuser_(home),
      calls_(std::move(calls)) {}

void acceptor::start() {
    go_on();
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
    go_on();
}

void acceptor::go_on() {
    if (!may_accept()) {
        return;
    }
    try {
        wait();
    } catch (const std::exception& e) {
        stats::log_failure(
            stats::failure::accepting,
            {},
            "cannot accept: {}; trying again in {} ms",
            e.what(),
            pause_length_.count()
        );
        rest();
    }
}

// Asio's own accept makes the socket before it calls the handler, which is lost if that throws.
void acceptor::wait() {
    listening_.async_wait(asio::socket_base::wait_read, [this](boost::system::error_code ec) {
        is_waiting_ = false;
        if (!ec) {
            accept_some();
        } else if (ec != asio::error::operation_aborted) {
            rest();
        }
        go_on();
    });
    is_waiting_ = true;
}

void acceptor::accept_some() noexcept {
    for (int i = 0; i < most_accepted_at_once && may_accept(); ++i) {
        try {
            if (!accept_one()) {
                return;
            }
        } catch (const std::exception& e) {
            stats::log_failure(
                stats::failure::accepting, {}, "a connection could not begin: {}", e.what()
            );
        }
    }
}

bool acceptor::may_accept() const noexcept {
    return listening_.is_open() && !is_paused_ && !is_waiting_ && !pause_.is_armed();
}

bool acceptor::accept_one() {
    constexpr int kind = SOCK_NONBLOCK | SOCK_CLOEXEC;
    tcp::endpoint from;
    auto size = static_cast<socklen_t>(from.capacity());
    unique_fd fd(::accept4(listening_.native_handle(), from.data(), &size, kind));
    if (!fd) {
        const boost::system::error_code why(errno, boost::system::system_category());
        if (why == asio::error::would_block || why == asio::error::interrupted) {
            return false;
        }
        on_failure(why);
        return true;
    }
    pause_length_ = shortest_pause;
    from.resize(size);
    tcp_socket socket(home_.executor(), from.protocol(), fd.get());
    static_cast<void>(fd.release());
    take(std::move(socket), from.address());
    return true;
}

void acceptor::take(tcp_socket socket, const asio::ip::address& from) {
    if (!all_.welcomes(plain(from))) {
        turn_away(refusal::stranger, std::move(socket), from);
        return;
    }
    const auto now = admission::clock::now();
    auto place = all_.enter(where_, now);
    if (!place) {
        turn_away(place.error(), std::move(socket), from);
        return;
    }
    peer who(from, std::move(*place));
    // The client behind a proxy is known later.
    if (!rules_.trusted_proxies.contain(who.from())) {
        if (const auto why = who.become(who.from(), now)) {
            turn_away(*why, std::move(socket), from);
            return;
        }
    }
    calls_.on_arrival({std::move(socket), std::move(who)});
}

void acceptor::turn_away(refusal why, tcp_socket socket, const asio::ip::address& from) {
    const auto answer = all_.turn_away(why, plain(from), home_.counters());
    refuser_.refuse(std::move(socket), calls_.refusal(answer));
}

void acceptor::on_failure(boost::system::error_code why) {
    // ECONNABORTED and the like concern one connection; the rest (EMFILE, ENFILE, ENOBUFS, ENOMEM)
    // does not pass at once.
    if (why == asio::error::connection_aborted) {
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
    rest();
    if (is_out_of_descriptors(why)) {
        close_waiting();
    }
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
    home_.arm(pause_, std::exchange(pause_length_, std::min(pause_length_ * 2, longest_pause)));
}

}  // namespace gim::net
