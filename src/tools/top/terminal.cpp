#include "tools/top/terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace gim::top {

namespace {

void write_all(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
        if (n < 0 && errno != EINTR) {
            return;  // nobody looks any more
        }
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    }
}

}  // namespace

bool terminal::is_there() noexcept {
    return ::isatty(STDOUT_FILENO) == 1;
}

terminal::terminal() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGWINCH}) {
        sigaddset(&wanted, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &wanted, &signals_before_);
    signals_ = ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    termios now{};
    if (::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &now) == 0) {
        before_ = now;
        now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        now.c_cc[VMIN] = 0;
        now.c_cc[VTIME] = 0;
        now.c_cc[VSUSP] = _POSIX_VDISABLE;  // who stops it would be left on the second screen
        ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
    }
    write_all("\x1b[?1049h\x1b[?25l");  // the second screen, without the cursor
}

terminal::~terminal() {
    write_all("\x1b[0m\x1b[?25h\x1b[?1049l");
    if (before_) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &*before_);
    }
    if (signals_ >= 0) {
        ::close(signals_);
    }
    ::pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
}

terminal::extent terminal::size() noexcept {
    winsize now{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_col == 0 || now.ws_row == 0) {
        return {80, 24};
    }
    return {now.ws_col, now.ws_row};
}

void terminal::draw(const std::vector<line>& frame) {
    std::string out = "\x1b[H";
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const bool is_heading = frame[i].how == line::look::heading;
        out.append(i > 0 ? "\r\n" : "").append(is_heading ? "\x1b[7m" : "");
        out.append(frame[i].text).append("\x1b[0m\x1b[K");
    }
    write_all(out.append("\x1b[J"));
}

std::vector<int> terminal::sources() const {
    std::vector<int> all{signals_};
    if (before_) {
        all.push_back(STDIN_FILENO);
    }
    return all;
}

terminal::event terminal::wait(std::chrono::milliseconds at_most) {
    std::array<pollfd, 2> sources{
        {{signals_, POLLIN, 0}, {before_ ? STDIN_FILENO : -1, POLLIN, 0}}};
    const auto time = static_cast<int>(std::max<std::int64_t>(at_most.count(), 0));
    if (::poll(sources.data(), sources.size(), time) <= 0) {
        return {};
    }
    if (sources[0].revents != 0) {
        signalfd_siginfo told{};
        if (::read(signals_, &told, sizeof told) != sizeof told) {
            return {};
        }
        const bool is_resized = told.ssi_signo == SIGWINCH;
        return {is_resized ? event::what::resized : event::what::end, 0};
    }
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) != 1) {
        return {event::what::end, 0};  // the terminal is gone
    }
    return {event::what::key, key};
}

}  // namespace gim::top
