#pragma once

#include "base/text_map.hpp"
#include "model/error.hpp"
#include "observe/stats/log_fields.hpp"
#include "worker/token_bucket.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::trace {

struct recorder_options {
    // Users that are traced at once; 0: nobody may be. Larger: memory for `kept` steps of each.
    std::size_t users = 100;
    // Lines of the log for one of them, so that one who floods does not fill the disk.
    worker::rate_limit lines{50, 200};
    // Of each user the newest steps are kept. Larger: memory, some 300 bytes each.
    std::size_t kept = 200;
};

// Who is traced in the whole process, and what was seen of them.
//
// Threads: any. Only steps of somebody who is traced come here, so a mutex will do. Sans-io but for
// the log: time is passed in.
class recorder {
public:
    using clock = std::chrono::steady_clock;
    // Empty: until it is stopped.
    using deadline = std::optional<clock::time_point>;

    explicit recorder(recorder_options options) : options_(options) {}

    // Whoever is traced already is so until the new time. 429 if there are as many as may be.
    model::result<void> start(std::string_view user, deadline until);
    // False if the user was not traced.
    bool stop(std::string_view user);
    // Those whose time is over at `now`, who are traced no more.
    std::vector<std::string> take_ended(clock::time_point now);
    // When the next one ends, if one does.
    deadline next_end() const;

    enum class outcome {
        written,
        held_back,   // not written, as there were too many lines; kept all the same
        not_traced,  // any more
    };
    // A step of `user`: a line of the log with those fields, the user's in front.
    outcome
    record(std::string_view user, std::span<const stats::log_field> step, clock::time_point now);

    struct trace {
        std::string user;
        deadline until;
        std::uint64_t held_back = 0;     // lines that were not written
        std::vector<std::string> steps;  // JSON objects, oldest first
    };
    // Empty if the user is not traced.
    std::optional<trace> find(std::string_view user) const;
    // Without steps, by user.
    std::vector<trace> all() const;

private:
    struct traced {
        deadline until;
        worker::token_bucket lines;
        std::uint64_t held_back = 0;
        std::uint64_t unsaid = 0;  // of those
        std::deque<std::string> steps;
    };

    outcome write_line(traced& of, std::span<const stats::log_field> fields, clock::time_point now);

    const recorder_options options_;
    mutable std::mutex mutex_;
    base::text_map<traced> users_;
};

}  // namespace gim::trace
