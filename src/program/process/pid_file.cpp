#include "program/process/pid_file.hpp"

#include "program/quoted.hpp"
#include "program/whole_number.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace gim::program {

namespace {

problem failure_of(const std::string& path) {
    const int code = errno;
    return quoted(path) + ": " + std::strerror(code);
}

std::optional<pid_t> read_process(int fd) {
    std::array<char, 32> bytes{};
    const auto size = ::pread(fd, bytes.data(), bytes.size(), 0);
    std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    const auto process = whole_number<pid_t>(text);
    return process && *process > 0 ? process : std::nullopt;
}

}  // namespace

pid_file::pid_file(std::string path)
    : path_(std::move(path)), next_(path_ + "." + std::to_string(::getpid())) {
    if (path_.empty()) {
        return;
    }
    if (const problem bad = prepare()) {
        throw std::runtime_error("--pid-file: " + *bad);
    }
}

void pid_file::remove() noexcept {
    if (is_prepared_) {
        ::unlink(next_.c_str());
        is_prepared_ = false;
    }
    if (path_.empty()) {
        return;
    }
    // Whoever takes over has written its own by the time that this process ends.
    const net::unique_fd now(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (now && read_process(now.get()) == ::getpid()) {
        ::unlink(path_.c_str());
    }
}

problem pid_file::claim() {
    if (path_.empty()) {
        return {};
    }
    if (!is_prepared_) {
        if (problem bad = prepare()) {
            return bad;
        }
    }
    if (::rename(next_.c_str(), path_.c_str()) != 0) {
        return failure_of(path_);
    }
    is_prepared_ = false;
    return {};
}

problem pid_file::prepare() {
    ::unlink(next_.c_str());  // of a process with the same number that did not come to its end
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    const net::unique_fd file(::open(next_.c_str(), flags, 0644));
    if (!file) {
        return failure_of(next_);
    }
    is_prepared_ = true;
    const auto text = std::to_string(::getpid()) + "\n";
    errno = ENOSPC;  // what a short write is
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return failure_of(next_);
    }
    return {};
}

read_pid_file::read_pid_file(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (!file_) {
        throw std::runtime_error("--pid-file: " + *failure_of(path_));
    }
    const auto process = read_process(file_.get());
    if (!process) {
        throw std::runtime_error("--pid-file: " + quoted(path_) + " holds no process id");
    }
    process_ = *process;
}

std::optional<read_pid_file> read_pid_file::newer() const {
    struct stat was {};
    struct stat is {};
    if (::fstat(file_.get(), &was) != 0 || ::stat(path_.c_str(), &is) != 0) {
        return std::nullopt;
    }
    if (was.st_dev == is.st_dev && was.st_ino == is.st_ino) {
        return std::nullopt;
    }
    return read_pid_file(path_);
}

}  // namespace gim::program
