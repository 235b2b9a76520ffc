#pragma once

#include "tools/client/endpoint.hpp"
#include "tools/load/child_process.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gim::load {

// A `gim serve` of this run's own: the same program, on free ports of 127.0.0.1, with flags that
// suit measuring and then those of the user. It ends with this object, or with this process.
class private_server {
public:
    // Throws std::runtime_error with one line if it does not come up.
    private_server(
        std::size_t workers,
        const std::vector<std::string>& flags,
        const std::vector<std::size_t>& cores
    );

    pid_t pid() const noexcept { return process_->pid(); }
    const client::endpoint& gateway() const noexcept { return gateway_; }
    const client::endpoint& api() const noexcept { return api_; }
    const std::string& command() const noexcept { return command_; }
    // What it wrote to stderr, but for the lines with its addresses.
    std::string complaints() const;

private:
    void wait_for_addresses();

    std::optional<child_process> process_;
    client::endpoint gateway_;
    client::endpoint api_;
    std::string command_;
};

}  // namespace gim::load
