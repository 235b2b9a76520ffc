#include "tools/client/endpoint.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <cstring>
#include <stdexcept>

using namespace gim::client;

namespace {

std::string in_words(const endpoint& e) {
    char text[INET6_ADDRSTRLEN] = "";
    if (e.address.ss_family == AF_INET) {
        sockaddr_in ip{};
        std::memcpy(&ip, &e.address, sizeof(ip));
        ::inet_ntop(AF_INET, &ip.sin_addr, text, sizeof(text));
        return text + (" " + std::to_string(ntohs(ip.sin_port)));
    }
    sockaddr_in6 ip{};
    std::memcpy(&ip, &e.address, sizeof(ip));
    ::inet_ntop(AF_INET6, &ip.sin6_addr, text, sizeof(text));
    return text + (" " + std::to_string(ntohs(ip.sin6_port)));
}

}  // namespace

TEST_CASE("a URL is scheme, host and port") {
    CHECK(in_words(resolve("ws", "ws://127.0.0.1:8080")) == "127.0.0.1 8080");
    CHECK(in_words(resolve("ws", "ws://127.0.0.1:8080/")) == "127.0.0.1 8080");
    CHECK(in_words(resolve("ws", "ws://127.0.0.1")) == "127.0.0.1 80");
    CHECK(in_words(resolve("http", "http://[::1]:81")) == "::1 81");
    CHECK(resolve("ws", "ws://127.0.0.1:8080").text == "ws://127.0.0.1:8080");
}

TEST_CASE("what is none is refused in one line that repeats it") {
    for (const char* url :
         {"",
          "127.0.0.1:8080",
          "wss://127.0.0.1:1",
          "http://127.0.0.1:1",
          "ws://",
          "ws://:80",
          "ws://127.0.0.1:x",
          "ws://127.0.0.1:1/path"}) {
        CAPTURE(url);
        try {
            resolve("ws", url);
            FAIL_CHECK("accepted");
        } catch (const std::runtime_error& e) {
            const std::string line = e.what();
            CHECK(line.find('\n') == std::string::npos);
            CHECK(line.find('"' + std::string(url) + '"') != std::string::npos);
        }
    }
}

TEST_CASE("only 127.0.0.0/8 has many addresses of one machine") {
    CHECK(resolve("ws", "ws://127.0.0.1:1").is_ipv4_loopback());
    CHECK(resolve("ws", "ws://127.1.2.3:1").is_ipv4_loopback());
    CHECK_FALSE(resolve("ws", "ws://10.0.0.1:1").is_ipv4_loopback());
    CHECK_FALSE(resolve("ws", "ws://[::1]:1").is_ipv4_loopback());
}

TEST_CASE("sources are the addresses that follow 127.0.0.1") {
    const auto text = [](std::size_t source) {
        char out[INET_ADDRSTRLEN] = "";
        const sockaddr_in from = loopback_source(source);
        ::inet_ntop(AF_INET, &from.sin_addr, out, sizeof(out));
        return std::string(out);
    };
    CHECK(text(0) == "127.0.0.1");
    CHECK(text(1) == "127.0.0.2");
    CHECK(text(300) == "127.0.1.45");
}
