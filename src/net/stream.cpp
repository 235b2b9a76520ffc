#include "net/stream.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace gim::net {

void stream::close() noexcept {
    error_code ignored;  // there is nothing left to lose
    socket_.close(ignored);
}

std::size_t stream::write_some(std::span<const iovec> parts, error_code& ec) noexcept {
    msghdr call{};
    call.msg_iov = const_cast<iovec*>(parts.data());  // sendmsg() does not write to it
    call.msg_iovlen = parts.size();
    const auto fd = socket_.native_handle();
    constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    ssize_t n = 0;
    do {
        // One buffer is the usual case, and send() is cheaper than sendmsg() then.
        n = parts.size() == 1 ? ::send(fd, parts[0].iov_base, parts[0].iov_len, flags)
                              : ::sendmsg(fd, &call, flags);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        ec.assign(errno, boost::system::system_category());
        return 0;
    }
    ec = {};
    return static_cast<std::size_t>(n);
}

}  // namespace gim::net
