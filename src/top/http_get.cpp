#include "top/http_get.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

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

protocol::error failure(std::string what) {
    return {protocol::status::unavailable, std::move(what)};
}

protocol::error failure_of(int number) {
    return failure(std::strerror(number));
}

// False if the time is over.
bool wait_for(int fd, short events, clock::time_point end) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
        if (left.count() <= 0) {
            return false;
        }
        pollfd p{fd, events, 0};
        const int ready = ::poll(&p, 1, static_cast<int>(left.count()));
        if (ready > 0) {
            return true;
        }
        if (ready < 0 && errno != EINTR) {
            return false;
        }
    }
}

protocol::error too_late() {
    return failure("it does not answer in time");
}

std::string
request_text(const load::endpoint& server, std::string_view path, std::string_view key) {
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

protocol::result<http_answer> http_get(
    const load::endpoint& server,
    std::string_view path,
    std::string_view key,
    std::chrono::milliseconds patience
) {
    const auto end = clock::now() + patience;
    const socket s(server.address.ss_family);
    if (s.fd() < 0) {
        return failure_of(errno);
    }
    const auto* const address = reinterpret_cast<const sockaddr*>(&server.address);
    if (::connect(s.fd(), address, server.length) != 0) {
        if (errno != EINPROGRESS) {
            return failure_of(errno);
        }
        if (!wait_for(s.fd(), POLLOUT, end)) {
            return too_late();
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
        return failure("the question could not be sent");
    }
    std::string received;
    std::array<char, 65536> chunk;
    while (received.size() <= longest_answer) {
        if (!wait_for(s.fd(), POLLIN, end)) {
            return too_late();
        }
        const auto n = ::recv(s.fd(), chunk.data(), chunk.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            continue;
        }
        if (n < 0) {
            return failure_of(errno);
        }
        if (n == 0) {
            auto answer = parse_answer(received);
            return answer ? protocol::result<http_answer>(*std::move(answer))
                          : failure("its answer is not whole, or not HTTP");
        }
        received.append(chunk.data(), static_cast<std::size_t>(n));
    }
    return failure("its answer is too long");
}

}  // namespace gim::top
