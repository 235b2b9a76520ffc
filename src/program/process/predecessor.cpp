#include "program/process/predecessor.hpp"

#include "program/process/handover.hpp"

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gim::program {

namespace {

constexpr std::size_t longest_line = 8192;  // a path, and more

// Up to the line's end, which is not in it; empty if the other one has ended before.
std::string read_line(int fd, std::chrono::steady_clock::time_point deadline) {
    std::string line;
    while (line.size() < longest_line) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now()
        );
        pollfd ready{fd, POLLIN, 0};
        const int n = left.count() > 0 ? ::poll(&ready, 1, static_cast<int>(left.count())) : 0;
        if (n < 0) {
            continue;  // a signal
        }
        if (n == 0) {
            throw std::runtime_error("--snapshot: the process before this one does not answer");
        }
        char c = 0;
        const auto got = ::read(fd, &c, 1);
        if (got == 1 && c == '\n') {
            return line;
        }
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
            return {};
        }
        line += got == 1 ? std::string(1, c) : std::string();
    }
    throw std::runtime_error("--snapshot: the process before this one answers nonsense");
}

// One of an earlier version listens at a pipe, and takes whatever is said for the end.
bool can_answer(int fd) {
    struct stat about {};
    return ::fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode);
}

}  // namespace

std::optional<std::string> predecessor::ask_for_memory() {
    if (!socket_ || !can_answer(socket_.get())) {
        return std::nullopt;
    }
    if (::send(socket_.get(), &handover::wants_memory, 1, MSG_NOSIGNAL) != 1) {
        return std::nullopt;
    }
    const auto deadline = std::chrono::steady_clock::now() + handover::answer_timeout;
    const auto line = read_line(socket_.get(), deadline);
    if (line == handover::failed) {
        throw std::runtime_error("--snapshot: the process before this one could not write it");
    }
    if (line.starts_with(handover::at)) {
        return line.substr(handover::at.size());
    }
    return std::nullopt;
}

void predecessor::say_that_we_serve() {
    if (socket_) {
        [[maybe_unused]] const auto told = ::write(socket_.get(), &handover::serves, 1);
        socket_.reset();
    }
}

}  // namespace gim::program
