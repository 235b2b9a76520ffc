#include "program/process/service_manager.hpp"

#include "net/unique_fd.hpp"
#include "program/whole_number.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace gim::program {

namespace {

// Above zero.
std::optional<std::int64_t> number(const char* text) {
    const auto n = whole_number<std::int64_t>(text);
    return n && *n > 0 ? n : std::nullopt;
}

}  // namespace

service_manager::service_manager(const environment& get) {
    if (const auto* socket = get("NOTIFY_SOCKET")) {
        socket_ = socket;
    }
    const auto* interval = get("WATCHDOG_USEC");
    const auto* whose = get("WATCHDOG_PID");
    const bool is_ours = whose == nullptr || number(whose) == ::getpid();
    if (interval != nullptr && is_ours) {
        if (const auto us = number(interval)) {
            watchdog_ = std::chrono::microseconds(*us);
        }
    }
}

void service_manager::moved_to(pid_t process) const {
    tell("MAINPID=" + std::to_string(process));
}

void service_manager::tell(std::string_view state) const {
    sockaddr_un where{};
    // '@' stands for the first byte of a socket without a file (unix(7), abstract).
    const bool has_form = socket_.starts_with('/') || socket_.starts_with('@');
    if (!has_form || socket_.size() >= sizeof where.sun_path) {
        return;
    }
    where.sun_family = AF_UNIX;
    std::memcpy(where.sun_path, socket_.data(), socket_.size());
    if (socket_.front() == '@') {
        where.sun_path[0] = '\0';
    }
    const auto size = offsetof(sockaddr_un, sun_path) + socket_.size();
    const net::unique_fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (fd) {
        [[maybe_unused]] const auto told = ::sendto(
            fd.get(),
            state.data(),
            state.size(),
            MSG_NOSIGNAL | MSG_DONTWAIT,
            reinterpret_cast<const sockaddr*>(&where),
            static_cast<socklen_t>(size)
        );
    }
}

}  // namespace gim::program
