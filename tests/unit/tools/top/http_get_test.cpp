#include "tools/top/http_get.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <variant>

using namespace gim::top;
using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

namespace {

// A server of this machine that accepts one connection and does with it as it is told.
class stub {
public:
    template <class Serve>
    explicit stub(Serve serve) : door_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof any;
        REQUIRE(::bind(door_, reinterpret_cast<const sockaddr*>(&any), size) == 0);
        REQUIRE(::listen(door_, 1) == 0);
        REQUIRE(::getsockname(door_, reinterpret_cast<sockaddr*>(&any), &size) == 0);
        where_ =
            gim::client::resolve("http", "http://127.0.0.1:" + std::to_string(ntohs(any.sin_port)));
        thread_ = std::thread([this, serve] {
            const int peer = ::accept(door_, nullptr, nullptr);
            serve(peer);
            std::array<char, 1024> rest;
            while (::recv(peer, rest.data(), rest.size(), 0) > 0) {
            }
            ::close(peer);
        });
    }
    stub(const stub&) = delete;
    stub& operator=(const stub&) = delete;
    ~stub() {
        thread_.join();
        ::close(door_);
    }

    const gim::client::endpoint& where() const noexcept { return where_; }

private:
    const int door_;
    gim::client::endpoint where_;
    std::thread thread_;
};

void say_nothing(int) {}

bool say(int peer, std::string_view text) {
    return ::send(peer, text.data(), text.size(), MSG_NOSIGNAL) == std::ssize(text);
}

std::string why(const std::variant<http_answer, http_failure>& got) {
    const auto* const failure = std::get_if<http_failure>(&got);
    return failure != nullptr ? failure->why : "it has answered";
}

}  // namespace

TEST_CASE("an answer is taken until the server closes") {
    const stub server([](int peer) {
        say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        ::shutdown(peer, SHUT_WR);
    });
    const auto got = http_get(server.where(), "/", "", {clock_type::now() + 1h, {}});
    CHECK(std::get<http_answer>(got).status == 200);
    CHECK(std::get<http_answer>(got).body == "ok");
}

TEST_CASE("a server that does not answer is given up when the time is over") {
    const stub silent(say_nothing);
    CHECK(
        why(http_get(silent.where(), "/", "", {clock_type::now() + 20ms, {}})) ==
        "it does not answer in time"
    );
    CHECK(
        why(http_get(silent.where(), "/", "", {clock_type::now() - 1ms, {}})) ==
        "it does not answer in time"
    );
}

TEST_CASE("an answer that never ends is given up, by its length or by the time") {
    const auto pour = [](int peer) {
        const std::string some(64 * 1024, 'x');
        for (bool goes_on = say(peer, "HTTP/1.1 200 OK\r\n\r\n"); goes_on;) {
            goes_on = say(peer, some);
        }
    };
    const stub endless(pour);
    CHECK(
        why(http_get(endless.where(), "/", "", {clock_type::now() + 1h, {}})) ==
        "its answer is too long"
    );
    const stub begun([](int peer) { say(peer, "HTTP/1.1 200 OK\r\n\r\nx"); });
    CHECK(
        why(http_get(begun.where(), "/", "", {clock_type::now() + 20ms, {}})) ==
        "it does not answer in time"
    );
}

TEST_CASE("a key that is pressed does not wait for the server") {
    const stub silent(say_nothing);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::write(ends[1], "q", 1) == 1);
    const auto got = http_get(silent.where(), "/", "", {clock_type::now() + 1h, {ends[0]}});
    REQUIRE(std::holds_alternative<http_failure>(got));
    CHECK(std::get<http_failure>(got).is_interrupted);
    ::close(ends[0]);
    ::close(ends[1]);
}
