#pragma once

#include "load/endpoint.hpp"

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gim::load {

// Which cores the server and the generator may use.
struct core_plan {
    std::vector<std::size_t> server;  // empty: wherever the kernel likes
    std::vector<std::size_t> generator;
    std::string text;  // for people
};

// One core a worker of the server, the last one for the generator, out of those that this process
// may use.
core_plan plan_cores(std::size_t workers);
void pin_self(const std::vector<std::size_t>& cores);

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
    private_server(const private_server&) = delete;
    private_server& operator=(const private_server&) = delete;
    ~private_server();

    pid_t pid() const noexcept { return pid_; }
    const endpoint& gateway() const noexcept { return gateway_; }
    const endpoint& api() const noexcept { return api_; }
    const std::string& command() const noexcept { return command_; }
    // What it wrote to stderr, but for the lines with its addresses.
    std::string complaints() const;

private:
    void start(const std::vector<std::string>& arguments, const std::vector<std::size_t>& cores);
    void wait_for_addresses();
    void stop();
    std::string said() const;

    pid_t pid_ = -1;
    int log_ = -1;  // its stderr
    endpoint gateway_;
    endpoint api_;
    std::string command_;
};

}  // namespace gim::load
