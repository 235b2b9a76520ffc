#pragma once

#include "observe/stats/log_fields.hpp"
#include "observe/stats/log_limiter.hpp"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <utility>

namespace gim::stats {

// An exception that was caught where there should be none. Each is one kind of line.
enum class failure : std::size_t {
    accepting,
    connection,
    end_of_connection,
    api_connection,
    api_request,
    login_service,
    room_push,
    coroutine,
    timeout,
    worker,
    redis,
    redis_subscription,
    storage,
    redis_value,
    end  // no failure: how many there are
};

// Of the process: who attacks comes to all workers.
inline log_limiter& lines_of(failure kind) noexcept {
    static std::array<log_limiter, static_cast<std::size_t>(failure::end)> all;
    return all[static_cast<std::size_t>(kind)];
}

// Writes a line at level error, of each kind one in three seconds.
//
// Problem: a client that has found a way to make gim throw does so as often as it likes.
template <class... Args>
void log_failure(
    failure kind,
    std::initializer_list<log_field> fields,
    spdlog::format_string_t<Args...> text,
    Args&&... args
) noexcept {
    try {
        if (const auto held_back = lines_of(kind).allow()) {
            const auto what = fmt::format(text, std::forward<Args>(args)...);
            log_line(spdlog::level::err, fields, "{}{}", what, held_back_text(*held_back));
        }
    } catch (const std::exception&) {
        // Out of memory, in which case the handlers that call this still have to go on.
    }
}

}  // namespace gim::stats
