#pragma once

#include "tools/load/child_process.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gim::load {

// A redis-server of this run's own, out of PATH: on a free port of 127.0.0.1, in a folder of its
// own, and it writes nothing to the disk. It ends with this object, or with this process.
class private_redis {
public:
    // Throws std::runtime_error with one line if there is none, or if it does not come up.
    explicit private_redis(const std::vector<std::size_t>& cores);
    private_redis(const private_redis&) = delete;
    private_redis& operator=(const private_redis&) = delete;
    ~private_redis();

    pid_t pid() const noexcept { return process_->pid(); }
    std::uint16_t port() const noexcept { return port_; }
    std::string url() const;

private:
    // False: somebody else has taken the port meanwhile.
    bool start(const std::string& program, const std::vector<std::size_t>& cores);

    std::string folder_;
    std::uint16_t port_ = 0;
    std::optional<child_process> process_;
};

}  // namespace gim::load
