#include "tools/top/http_get.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace gim::top {

namespace {

namespace http = boost::beast::http;

using clock = std::chrono::steady_clock;

constexpr std::size_t longest_answer = 16 * 1024 * 1024;

class socket {
public:
    explicit socket(int family)
        : fd_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
    socket(const socket&) = delete;
    socket& operator=(const socket&) = delete;
    ~socket() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    int fd() const noexcept { return fd_; }

private:
    const int fd_;
};

http_failure failure_of(int number) {
    return {std::strerror(number)};
}

// Empty: the descriptor is ready.
std::optional<http_failure> wait_for(int fd, short events, const wait_limits& limits) {
    std::vector<pollfd> sources{{fd, events, 0}};
    for (const int other : limits.interrupts) {
        sources.push_back({other, POLLIN, 0});
    }
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limits.end - clock::now());
        if (left.count() <= 0) {
            return http_failure{"it does not answer in time"};
        }
        const int ready = ::poll(sources.data(), sources.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) {
            return failure_of(errno);
        }
        if (ready <= 0) {
            continue;
        }
        if (std::any_of(sources.begin() + 1, sources.end(), [](const pollfd& p) {
                return p.revents != 0;
            })) {
            return http_failure{"interrupted", true};
        }
        return std::nullopt;
    }
}

std::string
request_text(const client::endpoint& server, std::string_view path, std::string_view key) {
    std::string host = server.text.substr(server.text.find("://") + 3);
    host = host.substr(0, host.find('/'));
    std::string text = "GET ";
    text.append(path).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    if (!key.empty()) {
        text.append("X-API-Key: ").append(key).append("\r\n");
    }
    return text.append("Connection: close\r\n\r\n");
}

}  // namespace

std::optional<http_answer> parse_answer(std::string_view bytes) {
    http::response_parser<http::string_body> parser;
    parser.eager(true);
    parser.body_limit(longest_answer);
    boost::system::error_code ec;
    const auto used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (!ec && parser.is_header_done() && !parser.is_done()) {
        parser.put_eof(ec);
    }
    if (ec || !parser.is_done() || used != bytes.size()) {
        return std::nullopt;
    }
    auto answer = parser.release();
    return http_answer{answer.result_int(), std::move(answer.body())};
}

std::variant<http_answer, http_failure> http_get(
    const client::endpoint& server,
    std::string_view path,
    std::string_view key,
    const wait_limits& limits
) {
    const socket s(server.address.ss_family);
    if (s.fd() < 0) {
        return failure_of(errno);
    }
    const auto* const address = reinterpret_cast<const sockaddr*>(&server.address);
    if (::connect(s.fd(), address, server.length) != 0) {
        if (errno != EINPROGRESS) {
            return failure_of(errno);
        }
        if (auto failed = wait_for(s.fd(), POLLOUT, limits)) {
            return *std::move(failed);
        }
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(s.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            return failure_of(error);
        }
    }
    // It is short: a socket that has just been made takes all of it.
    const auto text = request_text(server, path, key);
    if (::send(s.fd(), text.data(), text.size(), MSG_NOSIGNAL) != std::ssize(text)) {
        return http_failure{"the request could not be sent"};
    }
    std::string received;
    std::array<char, 65536> chunk;
    while (received.size() <= longest_answer) {
        if (auto failed = wait_for(s.fd(), POLLIN, limits)) {
            return *std::move(failed);
        }
        const auto n = ::recv(s.fd(), chunk.data(), chunk.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            continue;
        }
        if (n < 0) {
            return failure_of(errno);
        }
        if (n == 0) {
            if (auto answer = parse_answer(received)) {
                return *std::move(answer);
            }
            return http_failure{"its answer is not whole, or not HTTP"};
        }
        received.append(chunk.data(), static_cast<std::size_t>(n));
    }
    return http_failure{"its answer is too long"};
}

}  // namespace gim::top
