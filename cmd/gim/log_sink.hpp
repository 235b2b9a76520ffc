#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <mutex>
#include <string_view>

namespace gim::cmd {

// Writes log lines to a descriptor, and neither waits nor fails when it takes none.
//
// Problem: a full disk, or a pipe whose reader has stopped, must not stop a server. So a line that
// cannot be written at once is lost, and when lines can be written again, one says how many were.
//
// Threads: any.
class log_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    // `fd` is borrowed.
    explicit log_sink(int fd) : fd_(fd) {}

private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

    bool write_line(std::string_view line) noexcept;

    const int fd_;
    std::uint64_t lost_ = 0;  // lines since the last that was written
    bool is_torn_ = false;    // the last one was written in part
};

}  // namespace gim::cmd
