#pragma once

#include "tools/top/metrics_text.hpp"
#include "tools/top/table.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::top {

// What the server said at one time.
struct reading {
    std::chrono::steady_clock::time_point at;
    double unix_time = 0;  // seconds since 1970
    metrics_text metrics;
    // Empty: the server does not tell.
    std::optional<table> workers;
    std::optional<table> connections;
    std::optional<table> rooms;
};

extern const std::span<const column> worker_columns;
extern const std::span<const column> connection_columns;
extern const std::span<const column> room_columns;

struct line {
    enum class look { plain, heading };
    std::string text;
    look how = look::plain;
};

// What `gim top` shows: the newest reading, and what happened since the one before.
//
// Sans-io: readings are passed in, and a frame is text, of printable ASCII.
class view {
public:
    // `where`: the URL that is asked.
    explicit view(std::string where) : where_(std::move(where)) {}

    void add(reading r);
    // The server could not be asked: what was read last stays, and the frame says why.
    void failed(std::string_view why);
    bool has_rates() const noexcept { return before_.has_value(); }

    enum class motion { runs, paused };
    void set(motion m) noexcept { motion_ = m; }

    // By what the server is asked to sort.
    std::string_view connection_order() const noexcept;
    std::string_view room_order() const noexcept;
    void next_connection_order() noexcept;
    void next_room_order() noexcept;

    // At most so many lines, none longer than `width`.
    std::vector<line> frame(std::size_t width, std::size_t height) const;

private:
    // A second, of metrics_text::sum() of the same.
    template <class... Which>
    double rate(Which... which) const;
    std::string first_line() const;
    std::string state_line() const;
    void add_summary(std::vector<line>& to) const;
    static void add_table(
        std::vector<line>& to,
        std::string heading,
        const std::optional<table>& t,
        std::span<const column> columns,
        std::size_t most
    );
    std::string quantiles(std::string_view histogram) const;

    const std::string where_;
    std::optional<reading> before_;
    std::optional<reading> now_;
    std::string failure_;  // empty: none
    motion motion_ = motion::runs;
    std::size_t connection_order_ = 0;
    std::size_t room_order_ = 0;
};

}  // namespace gim::top
