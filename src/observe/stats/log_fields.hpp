#pragma once

#include <spdlog/details/log_msg.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

namespace gim::stats {

// Something that a line of the log is about, for programs that read it: "connection" 17.
struct log_field {
    std::string_view name;                                // of letters and '_'
    std::variant<std::string_view, std::uint64_t> value;  // an empty text: left out
};

// Gives fields to the lines that this thread writes while it lives.
//
// Problem: spdlog hands a line to its sink as one text. Fields inside that text could be made up by
// whoever has a say in it, so they go beside it.
//
// Must not live across a co_await: the rest of the coroutine may run on another thread.
class log_fields {
public:
    // What `fields` refers to must live as long as this does.
    explicit log_fields(std::span<const log_field> fields) noexcept
        : before_(std::exchange(current_, fields)) {}
    ~log_fields() { current_ = before_; }
    log_fields(const log_fields&) = delete;
    log_fields& operator=(const log_fields&) = delete;

    // Those of the line that is being written.
    static std::span<const log_field> current() noexcept { return current_; }

private:
    static inline thread_local std::span<const log_field> current_;

    const std::span<const log_field> before_;
};

// Writes one line. `text` says all that the fields do: only the JSON form shows them.
template <class... Args>
void log_line(
    spdlog::level::level_enum level,
    std::initializer_list<log_field> fields,
    spdlog::format_string_t<Args...> text,
    Args&&... args
) {
    const log_fields with({fields.begin(), fields.size()});
    spdlog::log(level, text, std::forward<Args>(args)...);
}

// Writes one line at info, whatever the level of the log: it was asked for by name.
inline void log_asked(std::span<const log_field> fields, std::string_view text) {
    const log_fields with(fields);
    const spdlog::details::log_msg line("gim", spdlog::level::info, {text.data(), text.size()});
    for (const auto& sink : spdlog::default_logger_raw()->sinks()) {
        sink->log(line);
    }
}

}  // namespace gim::stats
