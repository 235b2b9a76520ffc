#include "observe/profiling/cpu_profile.hpp"

#include <array>
#include <atomic>
#include <gperftools/profiler.h>
#include <sys/mman.h>
#include <unistd.h>

namespace gim::profiling {

namespace {

std::atomic<bool> is_running{false};

}  // namespace

cpu_profile::~cpu_profile() {
    if (file_ != -1) {
        ::ProfilerStop();
        close();
    }
}

cpu_profile::outcome cpu_profile::start() {
    if (is_running.exchange(true)) {
        return outcome::another_one_runs;
    }
    file_ = ::memfd_create("gim-profile", MFD_CLOEXEC);
    const auto path = "/proc/self/fd/" + std::to_string(file_);
    if (file_ == -1 || ::ProfilerStart(path.c_str()) == 0) {
        close();
        return outcome::failed;
    }
    return outcome::started;
}

std::string cpu_profile::stop() {
    ::ProfilerStop();
    std::string bytes;
    std::array<char, 65536> chunk;
    ::lseek(file_, 0, SEEK_SET);
    for (;;) {
        const auto n = ::read(file_, chunk.data(), chunk.size());
        if (n <= 0) {
            break;
        }
        bytes.append(chunk.data(), static_cast<std::size_t>(n));
    }
    close();
    return bytes;
}

void cpu_profile::close() noexcept {
    if (file_ != -1) {
        ::close(file_);
        file_ = -1;
    }
    is_running.store(false);
}

}  // namespace gim::profiling
