#include "gim/snapshot/snapshot_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace gim::cmd {

namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error("--snapshot: " + what + ": " + std::strerror(errno));
}

}  // namespace

snapshot_file::snapshot_file(std::string path, std::function<void()> before_change)
    : path_(std::move(path)), before_change_(std::move(before_change)) {}

void snapshot_file::changing() const {
    if (before_change_) {
        before_change_();
    }
}

std::string snapshot_file::folder() const {
    const auto parent = std::filesystem::path(path_).parent_path().string();
    return parent.empty() ? "." : parent;
}

void snapshot_file::check_folder() const {
    const auto where = folder();
    struct stat about {};
    const bool is_there = ::stat(where.c_str(), &about) == 0;
    if (is_there && !S_ISDIR(about.st_mode)) {
        errno = ENOTDIR;
    } else if (is_there && ::access(where.c_str(), W_OK | X_OK) == 0) {
        return;
    }
    fail("cannot write into the folder " + where);
}

void snapshot_file::replace(const writer& write) const {
    const auto temporary = path_ + ".new";
    try {
        const auto fd = create(temporary);
        write([&](std::string_view bytes) { write_all(fd.get(), bytes); });
        changing();
        if (::fsync(fd.get()) != 0) {
            fail("cannot write " + temporary);
        }
        rename(temporary, path_, 0);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
    sync_folder();
}

// A file of our own: not one that somebody else has open, or that a link leads to.
net::unique_fd snapshot_file::create(const std::string& path) const {
    changing();
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        fail("cannot replace " + path);
    }
    changing();
    net::unique_fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
        fail("cannot write " + path);
    }
    return fd;
}

void snapshot_file::write_all(int fd, std::string_view bytes) const {
    while (!bytes.empty()) {
        changing();
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) {
            fail("cannot write " + path_ + ".new");
        }
        bytes.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
    }
}

void snapshot_file::rename(const std::string& from, const std::string& to, unsigned flags) const {
    changing();
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) != 0) {
        fail("cannot rename " + from + " to " + to);
    }
}

// Only then a rename outlasts a loss of power.
void snapshot_file::sync_folder() const {
    const auto where = folder();
    const net::unique_fd fd(::open(where.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    changing();
    if (!fd || ::fsync(fd.get()) != 0) {
        fail("cannot write the folder " + where);
    }
}

std::optional<snapshot_file::input> snapshot_file::open() const {
    // A pipe that bears the name would not let go of us.
    net::unique_fd fd(::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!fd && errno == ENOENT) {
        return std::nullopt;
    }
    struct stat about {};
    if (!fd || ::fstat(fd.get(), &about) != 0) {
        fail("cannot open " + path_);
    }
    if (!S_ISREG(about.st_mode)) {
        throw std::runtime_error("--snapshot: " + path_ + " is not a regular file");
    }
    return input(std::move(fd), path_);
}

storage::snapshot_source snapshot_file::input::source() const {
    return [this, offset = off_t{0}](std::span<char> space) mutable {
        std::size_t got = 0;
        while (got < space.size()) {
            const auto n = ::pread(fd_.get(), space.data() + got, space.size() - got, offset);
            if (n < 0 && errno != EINTR) {
                fail("cannot read " + path_);
            }
            if (n == 0) {
                break;
            }
            got += n > 0 ? static_cast<std::size_t>(n) : 0;
            offset += n > 0 ? n : 0;
        }
        return got;
    };
}

void snapshot_file::set_aside_as_read() const {
    rename(path_, read_path(), 0);
    sync_folder();
}

std::string snapshot_file::set_aside_as_damaged() const {
    constexpr int most = 1000;
    auto name = path_ + ".damaged";
    for (int i = 1;; ++i) {
        changing();
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, name.c_str(), RENAME_NOREPLACE) == 0) {
            break;
        }
        if (errno != EEXIST || i == most) {
            fail("cannot rename " + path_ + " to " + name);
        }
        name = path_ + ".damaged." + std::to_string(i);
    }
    sync_folder();
    return name;
}

void snapshot_file::remove() const {
    changing();
    if (::unlink(path_.c_str()) == 0) {
        sync_folder();
    } else if (errno != ENOENT) {
        fail("cannot remove " + path_);
    }
}

}  // namespace gim::cmd
