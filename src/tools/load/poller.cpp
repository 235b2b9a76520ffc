#include "tools/load/poller.hpp"

#include "tools/load/interrupt.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/prctl.h>
#include <system_error>
#include <unistd.h>

namespace gim::load {

namespace {

// Enough that one call takes what a batch of messages to a thousand members brings.
constexpr std::size_t events_a_wait = 1024;
// More than a socket holds, so that one read empties it.
constexpr std::size_t buffer_bytes = 256 * 1024;

void control(int epoll, int what, int fd, std::uint32_t events, poller::handler& h) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &h;
    if (::epoll_ctl(epoll, what, fd, &event) != 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
}

}  // namespace

poller::poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), ready_(events_a_wait), buffer_(buffer_bytes) {
    if (epoll_ < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
    // Else the kernel may wake us 50 us late, which is half of what a private message takes.
    ::prctl(PR_SET_TIMERSLACK, 1UL);
}

poller::~poller() {
    ::close(epoll_);
}

void poller::add(int fd, std::uint32_t events, handler& h) {
    control(epoll_, EPOLL_CTL_ADD, fd, events, h);
}

void poller::change(int fd, std::uint32_t events, handler& h) {
    control(epoll_, EPOLL_CTL_MOD, fd, events, h);
}

void poller::wait(clock::duration at_most) {
    const auto ns = std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::nanoseconds>(at_most).count()
    );
    const timespec timeout{ns / 1'000'000'000, ns % 1'000'000'000};
    // epoll_wait() counts in milliseconds, too coarse for thousands of messages a second.
    const int n =
        ::epoll_pwait2(epoll_, ready_.data(), static_cast<int>(ready_.size()), &timeout, nullptr);
    throw_if_interrupted();
    if (n < 0 && errno != EINTR) {
        throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
    }
    for (int i = 0; i < n; ++i) {
        const epoll_event& event = ready_[static_cast<std::size_t>(i)];
        static_cast<handler*>(event.data.ptr)->on_io(event.events);
    }
}

}  // namespace gim::load
