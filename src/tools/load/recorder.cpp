#include "tools/load/recorder.hpp"

#include <algorithm>
#include <unistd.h>

namespace gim::load {

namespace {

using std::chrono::milliseconds;

// So many points as a chart can show, unless they would be shorter than a tick of the kernel's.
clock::duration step_of(clock::duration time) {
    return std::clamp<clock::duration>(time / 50, milliseconds(50), milliseconds(1000));
}

cpu_reading read_if_known(const std::optional<pid_t>& pid) {
    return pid ? read_cpu(*pid) : cpu_reading{};
}

}  // namespace

recorder::recorder(std::optional<pid_t> server, std::optional<pid_t> redis, clock::duration time)
    : server_(server), redis_(redis), time_(time), step_(step_of(time)) {}

void recorder::begin(clock::time_point now) {
    server_at_begin_ = server_at_sample_ = read_if_known(server_);
    redis_at_begin_ = read_if_known(redis_);
    self_at_begin_ = read_cpu(::getpid());
    begin_ = now;
    next_sample_ = now + step_;
    is_measuring_ = true;
}

void recorder::turn(clock::time_point now) {
    if (!is_measuring_ || now < next_sample_) {
        return;
    }
    end_sample(now);
    if (now >= begin_ + time_) {
        server_used_ = between(server_at_begin_, server_at_sample_);
        redis_used_ = between(redis_at_begin_, read_if_known(redis_));
        self_used_ = between(self_at_begin_, read_cpu(::getpid()));
        ended_ = now;
        is_measuring_ = false;
    }
}

void recorder::end_sample(clock::time_point now) {
    const cpu_reading server = read_if_known(server_);
    sample s;
    s.at = std::chrono::duration_cast<milliseconds>(now - begin_);
    s.delivered = units_ - units_before_sample_;
    s.p50 = current_.percentile(0.5);
    s.p99 = current_.percentile(0.99);
    s.max = current_.max();
    s.server = between(server_at_sample_, server);
    samples_.push_back(s);

    units_before_sample_ = units_;
    server_at_sample_ = server;
    latency_.add(current_);
    current_ = latency_histogram();
    next_sample_ = std::min(std::max(next_sample_ + step_, now), begin_ + time_);
}

std::uint64_t recorder::units_a_second() const noexcept {
    if (samples_.empty()) {
        return 0;
    }
    const milliseconds before =
        samples_.size() > 1 ? samples_[samples_.size() - 2].at : milliseconds(0);
    const auto ms = static_cast<std::uint64_t>((samples_.back().at - before).count());
    return samples_.back().delivered * 1000 / std::max<std::uint64_t>(ms, 1);
}

void recorder::report(measurement& m) {
    latency_.add(current_);  // what came behind the last sample
    current_ = latency_histogram();
    m.time = ended_ - begin_;
    m.units_in_time = units_;
    m.messages_in_time = messages_;
    m.latency = latency_;
    m.answers = answers_;
    if (server_) {
        m.server_cpu = server_used_;
    }
    if (redis_) {
        m.redis.emplace().cpu = redis_used_;
    }
    m.generator_cpu = self_used_;
    m.samples = samples_;
}

}  // namespace gim::load
