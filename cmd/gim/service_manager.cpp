#include "gim/service_manager.hpp"

#include "net/unique_fd.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace gim::cmd {

namespace {

std::optional<std::int64_t> number(const char* text) {
    std::int64_t n = 0;
    const auto* end = text + std::strlen(text);
    const auto [stop, failure] = std::from_chars(text, end, n);
    if (failure != std::errc() || stop != end || n <= 0) {
        return std::nullopt;
    }
    return n;
}

}  // namespace

service_manager::service_manager(const std::function<const char*(const char*)>& environment) {
    if (const auto* socket = environment("NOTIFY_SOCKET")) {
        socket_ = socket;
    }
    const auto* interval = environment("WATCHDOG_USEC");
    const auto* whose = environment("WATCHDOG_PID");
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

}  // namespace gim::cmd
