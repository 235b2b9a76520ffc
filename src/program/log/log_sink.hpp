#pragma once

#include "net/unique_fd.hpp"

#include <spdlog/sinks/base_sink.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace gim::program {

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
    explicit log_sink(net::unique_fd file) : fd_(file.get()), owned_(std::move(file)) {}

    // Where lines go from now on; none is split between the two. Who writes one meanwhile waits for
    // no more than the exchange: the old file is closed after it.
    void write_to(net::unique_fd file);

    // Lines that were lost, since the beginning.
    std::uint64_t lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

private:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

    std::string text_of(const spdlog::details::log_msg& message);
    bool say_what_was_lost();
    bool write_line(std::string_view line) noexcept;

    int fd_;
    net::unique_fd owned_;  // none: fd_ is borrowed
    std::atomic<std::uint64_t> lost_{0};
    std::uint64_t said_ = 0;  // of lost_
    bool is_torn_ = false;    // the last line was written in part
};

}  // namespace gim::program
