#include "tools/client/endpoint.hpp"

#include <cstring>
#include <memory>
#include <netdb.h>
#include <stdexcept>

namespace gim::client {

bool endpoint::is_ipv4_loopback() const noexcept {
    if (address.ss_family != AF_INET) {
        return false;
    }
    sockaddr_in ip4{};
    std::memcpy(&ip4, &address, sizeof(ip4));
    return ntohl(ip4.sin_addr.s_addr) >> 24 == 127;
}

endpoint resolve(std::string_view scheme, std::string_view url) {
    const std::string begin = std::string(scheme) + "://";
    std::string_view rest = url;
    if (!rest.starts_with(begin)) {
        throw std::runtime_error(
            "\"" + std::string(url) + "\" must begin with " + begin + " (there is no TLS)"
        );
    }
    rest.remove_prefix(begin.size());
    if (rest.ends_with('/')) {
        rest.remove_suffix(1);
    }
    // An IPv6 address stands in brackets, so that its colons are not the port's.
    const std::size_t bracket = rest.find(']');
    const std::size_t colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    std::string host(rest.substr(0, colon));
    const std::string port(
        colon == std::string_view::npos ? std::string_view("80") : rest.substr(colon + 1)
    );
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    if (failed != 0 || host.empty()) {
        throw std::runtime_error(
            "\"" + std::string(url) + "\" must be " + begin +
            "HOST:PORT of a known host: " + (failed != 0 ? ::gai_strerror(failed) : "no host")
        );
    }
    endpoint out;
    out.length = found->ai_addrlen;
    std::memcpy(&out.address, found->ai_addr, found->ai_addrlen);
    out.text = std::string(url);
    return out;
}

sockaddr_in loopback_source(std::size_t source) noexcept {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    // 127.0.0.1, 127.0.0.2, ... 127.0.1.0, ...
    from.sin_addr.s_addr = htonl(static_cast<in_addr_t>(INADDR_LOOPBACK + source));
    return from;
}

}  // namespace gim::client
