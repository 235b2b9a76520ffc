#include "program/log/log_sink.hpp"

#include "observe/stats/log_fields.hpp"
#include "program/log/log_format.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace gim::program {

namespace {

bool is_ready(int fd) noexcept {
    pollfd wanted{fd, POLLOUT, 0};
    return ::poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLOUT) != 0;
}

bool is_same_file(int a, int b) noexcept {
    struct stat of_a {};
    struct stat of_b {};
    return ::fstat(a, &of_a) == 0 && ::fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

}  // namespace

void log_sink::write_to(net::unique_fd file) {
    const std::lock_guard lock(mutex_);
    // What was torn stays so where it is.
    is_torn_ = is_torn_ && is_same_file(fd_, file.get());
    fd_ = file.get();
    std::swap(owned_, file);
    // The parameter, now the old file, outlives the lock.
}

void log_sink::sink_it_(const spdlog::details::log_msg& message) {
    if (!say_what_was_lost() || !write_line(text_of(message))) {
        lost_.fetch_add(1, std::memory_order_relaxed);
    }
}

std::string log_sink::text_of(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::string line(text.data(), text.size());
    if (line.size() > longest_log_line) {  // by another formatter than ours
        line.resize(longest_log_line - 1);
        line += '\n';
    }
    return line;
}

// False if it cannot be said yet.
bool log_sink::say_what_was_lost() {
    const auto unsaid = lost() - said_;
    if (unsaid == 0) {
        return true;
    }
    const stats::log_fields with_none({});  // they are those of the line to come
    const auto text = std::to_string(unsaid) + " log lines were lost: they could not be written";
    const spdlog::details::log_msg note("gim", spdlog::level::warn, text);
    if (!write_line(text_of(note))) {
        return false;
    }
    said_ += unsaid;
    return true;
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

}  // namespace gim::program
