#include "program/process/service_manager.hpp"

#include "net/unique_fd.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using gim::program::service_manager;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;

service_manager manager_of(const variables& all) {
    return service_manager([&all](const char* name) -> const char* {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : found->second.c_str();
    });
}

// A socket of the name without a file that a manager would listen on.
class listening_manager {
public:
    listening_manager()
        : name_("@gim-test-" + std::to_string(::getpid())),
          fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
        sockaddr_un where{};
        where.sun_family = AF_UNIX;
        std::memcpy(where.sun_path, name_.data(), name_.size());
        where.sun_path[0] = '\0';
        const auto size = offsetof(sockaddr_un, sun_path) + name_.size();
        REQUIRE(
            ::bind(
                fd_.get(), reinterpret_cast<const sockaddr*>(&where), static_cast<socklen_t>(size)
            ) == 0
        );
    }
    const std::string& name() const { return name_; }
    // Empty: nothing came.
    std::string heard() {
        std::array<char, 256> text{};
        const auto n = ::recv(fd_.get(), text.data(), text.size(), 0);
        return {text.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
    }

private:
    std::string name_;
    gim::net::unique_fd fd_;
};

}  // namespace

TEST_CASE("the service manager hears the states of the service") {
    listening_manager systemd;
    const auto manager = manager_of({{"NOTIFY_SOCKET", systemd.name()}});
    CHECK(systemd.heard().empty());
    manager.ready();
    CHECK(systemd.heard() == "READY=1");
    manager.alive();
    CHECK(systemd.heard() == "WATCHDOG=1");
    manager.moved_to(42);
    CHECK(systemd.heard() == "MAINPID=42");
    manager.stopping();
    CHECK(systemd.heard() == "STOPPING=1");
}

TEST_CASE("without a manager, or with a name that is none, nothing happens") {
    manager_of({}).ready();
    for (const auto& name :
         {std::string(),
          std::string("relative"),
          std::string("/no/such/socket"),
          "/" + std::string(200, 'x')}) {
        manager_of({{"NOTIFY_SOCKET", name}}).ready();
    }
}

TEST_CASE("the watchdog's interval counts if it is meant for this process") {
    const auto own = std::to_string(::getpid());
    CHECK(manager_of({{"WATCHDOG_USEC", "3000000"}}).watchdog() == 3s);
    CHECK(manager_of({{"WATCHDOG_USEC", "3000000"}, {"WATCHDOG_PID", own}}).watchdog() == 3s);
    CHECK_FALSE(manager_of({{"WATCHDOG_USEC", "3000000"}, {"WATCHDOG_PID", "1"}}).watchdog());
    CHECK_FALSE(manager_of({}).watchdog());
    for (const auto* bad : {"", "0", "-1", "soon", "3s"}) {
        CHECK_FALSE(manager_of({{"WATCHDOG_USEC", bad}}).watchdog());
    }
}
