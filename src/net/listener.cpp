#include "net/listener.hpp"

#include <boost/system/error_code.hpp>

#include <cassert>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace gim::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

enum class port_use { exclusive, shared };

error_code last_error() {
    return {errno, boost::system::system_category()};
}

error_code switch_option(int fd, int level, int name, int value) {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0 ? error_code{} : last_error();
}

error_code listen_on(int fd, const tcp::endpoint& where, port_use use) {
    // A restart must not wait for the old process's connections in TIME_WAIT.
    if (auto ec = switch_option(fd, SOL_SOCKET, SO_REUSEADDR, 1)) {
        return ec;
    }
    // Accepted sockets inherit it, which saves each of them the call.
    if (auto ec = switch_option(fd, IPPROTO_TCP, TCP_NODELAY, 1)) {
        return ec;
    }
    if (where.protocol() == tcp::v6()) {
        const bool every_interface = where.address().to_v6().is_unspecified();
        if (auto ec = switch_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, every_interface ? 0 : 1)) {
            return ec;
        }
    }
    if (use == port_use::shared) {
        if (auto ec = switch_option(fd, SOL_SOCKET, SO_REUSEPORT, 1)) {
            return ec;
        }
    }
    if (::bind(fd, where.data(), static_cast<socklen_t>(where.size())) != 0 ||
        ::listen(fd, SOMAXCONN) != 0) {
        return last_error();
    }
    return {};
}

boost::system::result<unique_fd> open_one(const tcp::endpoint& where, port_use use) {
    unique_fd fd(
        ::socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP)
    );
    if (!fd) {
        return last_error();
    }
    if (auto ec = listen_on(fd.get(), where, use)) {
        return ec;
    }
    return fd;
}

boost::system::result<tcp::endpoint> local_endpoint(int fd) {
    tcp::endpoint e(tcp::v6(), 0);  // large enough for both families
    auto size = static_cast<socklen_t>(e.capacity());
    if (::getsockname(fd, e.data(), &size) != 0) {
        return last_error();
    }
    e.resize(size);
    return e;
}

boost::system::result<listeners> open_on(const tcp::endpoint& where, std::size_t count) {
    auto first = open_one(where, port_use::exclusive);
    if (!first) {
        return first.error();
    }
    const auto endpoint = local_endpoint(first->get());
    if (!endpoint) {
        return endpoint.error();
    }
    if (auto ec = switch_option(first->get(), SOL_SOCKET, SO_REUSEPORT, 1)) {
        return ec;
    }
    listeners opened;
    opened.endpoint = *endpoint;
    opened.sockets.push_back(std::move(*first));
    while (opened.sockets.size() < count) {
        auto next = open_one(*endpoint, port_use::shared);
        if (!next) {
            return next.error();
        }
        opened.sockets.push_back(std::move(*next));
    }
    return opened;
}

bool means_no_ipv6(const error_code& ec) {
    return ec == boost::system::errc::address_family_not_supported ||
           ec == boost::system::errc::address_not_available;
}

error_code not_fit() {
    return make_error_code(boost::system::errc::invalid_argument);
}

// Makes a socket that somebody else has opened as ours are.
boost::system::result<tcp::endpoint> adopt(int fd) {
    int is_listening = 0;
    socklen_t size = sizeof is_listening;
    if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0) {
        return last_error();
    }
    const auto endpoint = local_endpoint(fd);
    if (!endpoint) {
        return endpoint.error();
    }
    const auto family = endpoint->data()->sa_family;
    if (is_listening == 0 || (family != AF_INET && family != AF_INET6)) {
        return not_fit();
    }
    if (auto ec = switch_option(fd, IPPROTO_TCP, TCP_NODELAY, 1)) {
        return ec;
    }
    if (::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK) != 0 ||
        ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        return last_error();
    }
    return endpoint;
}

}  // namespace

boost::system::result<listeners>
adopt_listeners(std::vector<unique_fd> sockets, std::size_t count) {
    assert(count >= 1 && !sockets.empty());
    if (sockets.size() > count) {
        return not_fit();
    }
    listeners all;
    for (const auto& s : sockets) {
        const auto endpoint = adopt(s.get());
        if (!endpoint) {
            return endpoint.error();
        }
        if (&s != &sockets.front() && *endpoint != all.endpoint) {
            return not_fit();
        }
        all.endpoint = *endpoint;
    }
    const auto given = sockets.size();
    all.sockets = std::move(sockets);
    while (all.sockets.size() < count) {
        const int shared = all.sockets[all.sockets.size() % given].get();
        unique_fd copy(::fcntl(shared, F_DUPFD_CLOEXEC, 0));
        if (!copy) {
            return last_error();
        }
        all.sockets.push_back(std::move(copy));
    }
    return all;
}

boost::system::result<listeners> open_listeners(const address& where, std::size_t count) {
    assert(count >= 1);
    if (where.ip) {
        return open_on(tcp::endpoint(*where.ip, where.port), count);
    }
    auto both = open_on(tcp::endpoint(tcp::v6(), where.port), count);
    if (!both && means_no_ipv6(both.error())) {
        return open_on(tcp::endpoint(tcp::v4(), where.port), count);
    }
    return both;
}

}  // namespace gim::net
