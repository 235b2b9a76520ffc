#pragma once

#include "base/text_buffer.hpp"

#include <spdlog/pattern_formatter.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace gim::program {

enum class log_form { text, json };

// What a pipe that is ready takes without blocking (POSIX: PIPE_BUF), the end of the line included.
inline constexpr std::size_t longest_log_line = 4096;

// Makes the lines of the log: "2026-11-25T08:00:00.000+00:00 info MESSAGE", or a JSON object with
// `time` (RFC 3339), `level`, `message` and the line's fields.
//
// Whatever a client has sent, an event is one line: everything but printable ASCII is written as
// \xNN, in both forms (JSON escapes that backslash once more). A line that would be longer than
// longest_log_line is cut inside its message, so that JSON stays JSON.
//
// Threads: one at a time.
class log_format final : public spdlog::formatter {
public:
    explicit log_format(log_form form);

    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override;
    std::unique_ptr<spdlog::formatter> clone() const override;

private:
    void format_json(const spdlog::details::log_msg& message, std::string_view time);

    const log_form form_;
    spdlog::pattern_formatter time_;
    base::text_buffer line_;
    base::text_buffer fields_;
};

// As much of `text` as takes no more than `room` bytes in that form, without what must not stand in
// a line: everything but printable ASCII becomes \xNN.
std::string printable(std::string_view text, std::size_t room, log_form form);

}  // namespace gim::program
