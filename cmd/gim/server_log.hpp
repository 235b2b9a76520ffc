#pragma once

#include "gim/settings/serve_options.hpp"
#include "program/log/log_sink.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gim::cmd {

// The log of the process: what spdlog writes goes there from its construction on.
//
// Threads: the main thread's; any may write lines.
class server_log {
public:
    // Throws std::runtime_error, which names the flag, if the file cannot be opened.
    explicit server_log(const serve_options& options);

    // Opens the file by its name again, after it was renamed. If it cannot be opened, lines go on
    // to the old one, and one says so.
    void reopen();
    void set_level(const std::string& level);

    // Lines that were lost since the last call.
    std::uint64_t take_lost();

private:
    const std::string path_;  // empty: stderr
    const std::shared_ptr<program::log_sink> sink_;
    std::uint64_t taken_ = 0;
};

}  // namespace gim::cmd
