#include "gim/log_sink.hpp"

#include <cerrno>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace gim::cmd {

namespace {

// What a pipe that is ready takes without blocking (POSIX: PIPE_BUF). Longer lines are cut.
constexpr std::size_t longest_line = 4096;

bool is_ready(int fd) noexcept {
    pollfd wanted{fd, POLLOUT, 0};
    return ::poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLOUT) != 0;
}

}  // namespace

void log_sink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::string line(text.data(), text.size());
    if (line.size() > longest_line) {
        line.resize(longest_line - 1);
        line += '\n';
    }
    if (lost_ > 0) {
        const auto note =
            std::to_string(lost_) + " log lines were lost: they could not be written\n";
        if (!write_line(note)) {
            ++lost_;
            return;
        }
        lost_ = 0;
    }
    if (!write_line(line)) {
        ++lost_;
    }
}

bool log_sink::write_line(std::string_view line) noexcept {
    if (is_torn_) {
        if (!is_ready(fd_) || ::write(fd_, "\n", 1) != 1) {
            return false;
        }
        is_torn_ = false;
    }
    if (!is_ready(fd_)) {
        return false;
    }
    ssize_t n = 0;
    do {
        n = ::write(fd_, line.data(), line.size());
    } while (n < 0 && errno == EINTR);
    is_torn_ = n > 0 && static_cast<std::size_t>(n) < line.size();
    return n == static_cast<ssize_t>(line.size());
}

}  // namespace gim::cmd
