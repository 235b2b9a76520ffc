#pragma once

#include "net/unique_fd.hpp"
#include "program/environment.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::program {

// The listening sockets that the process was born with, by the name of their door: from systemd
// (sd_listen_fds(3): LISTEN_FDS descriptors from 3 on, LISTEN_FDNAMES their names, LISTEN_PID who
// they are for), or from the process that it replaces, which gives them the same way.
class inherited_sockets {
public:
    // Throws std::runtime_error, in words for the operator, if there are some that have no door.
    // They are closed on exec from now on.
    explicit inherited_sockets(const environment& get);

    // Of a door, "gateway" or "api"; empty if there are none. Once for each.
    std::vector<net::unique_fd> take(std::string_view door);

    // Where the process that this one replaces listens (handover.hpp); empty: this one replaces
    // none.
    net::unique_fd& predecessor() noexcept { return predecessor_; }

    // How a process gives sockets to the one that replaces it.
    static constexpr int first_fd = 3;                               // sd_listen_fds(3)
    static constexpr auto predecessor_variable = "GIM_PREDECESSOR";  // "PID:FD"

private:
    std::map<std::string, std::vector<net::unique_fd>, std::less<>> by_door_;
    net::unique_fd predecessor_;
};

}  // namespace gim::program
