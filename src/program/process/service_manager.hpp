#pragma once

#include "program/environment.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace gim::program {

// Who started the process and wants to know how it is: systemd, or whatever speaks its protocol
// (sd_notify(3): datagrams of NAME=VALUE lines to the socket $NOTIFY_SOCKET). Without one every
// call does nothing, and one that cannot be told is not told: serving is more important.
class service_manager {
public:
    explicit service_manager(const environment& get);

    void ready() const { tell("READY=1"); }
    void stopping() const { tell("STOPPING=1"); }
    // Another process goes on with the service.
    void moved_to(pid_t process) const;
    void alive() const { tell("WATCHDOG=1"); }

    // How often alive() must be called at least; empty: nobody waits for it.
    std::optional<std::chrono::microseconds> watchdog() const noexcept { return watchdog_; }

private:
    void tell(std::string_view state) const;

    std::string socket_;  // empty: there is nobody
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace gim::program
