#pragma once

#include "tools/load/measurement.hpp"
#include "tools/load/poller.hpp"
#include "tools/load/process_stats.hpp"

#include <optional>

namespace gim::load {

// Keeps what happens in the measured time: latencies, the curve over time, CPU.
//
// Units that were intended before it count as work done in it, as the server's CPU was spent then,
// but their latency does not count; of those intended in it that come later, the latency does.
class recorder {
public:
    // The process of the server and that of its Redis, where they are known, and how long is
    // measured.
    recorder(std::optional<pid_t> server, std::optional<pid_t> redis, clock::duration time);

    // The measured time begins.
    void begin(clock::time_point now);
    // One unit, at every delivery.
    void on_unit(clock::time_point intended, clock::time_point now) {
        if (is_measuring_) {
            ++units_;
        }
        if (intended >= begin_) {
            current_.add(now - intended);
        }
    }
    void on_answer(clock::time_point intended, clock::time_point now) {
        if (intended >= begin_) {
            answers_.add(now - intended);
        }
    }
    void on_accepted() {
        if (is_measuring_) {
            ++messages_;
        }
    }
    // Once a turn of the loop: ends the sample, and the measured time, when it is over.
    void turn(clock::time_point now);

    bool is_measuring() const noexcept { return is_measuring_; }
    clock::time_point begin_of_measure() const noexcept { return begin_; }
    const std::vector<sample>& samples() const noexcept { return samples_; }
    // In the newest sample.
    std::uint64_t units_a_second() const noexcept;

    // Fills in what was kept.
    void report(measurement& m);

private:
    void end_sample(clock::time_point now);

    const std::optional<pid_t> server_;
    const std::optional<pid_t> redis_;
    const clock::duration time_;
    const clock::duration step_;

    bool is_measuring_ = false;
    clock::time_point begin_ = clock::time_point::max();
    clock::time_point ended_{};
    clock::time_point next_sample_{};
    std::uint64_t units_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t units_before_sample_ = 0;
    cpu_reading server_at_begin_;
    cpu_reading server_at_sample_;
    cpu_reading redis_at_begin_;
    cpu_reading self_at_begin_;
    cpu_time server_used_;
    cpu_time redis_used_;
    cpu_time self_used_;
    latency_histogram current_;  // of the sample
    latency_histogram latency_;
    latency_histogram answers_;
    std::vector<sample> samples_;
};

}  // namespace gim::load
