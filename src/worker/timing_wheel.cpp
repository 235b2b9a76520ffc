#include "worker/timing_wheel.hpp"

#include "observe/stats/log_failure.hpp"

#include <algorithm>
#include <exception>

namespace gim::worker {

timeout::~timeout() {
    cancel();
}

void timeout::cancel() noexcept {
    if (wheel_ == nullptr) {
        return;
    }
    unlink();
    --wheel_->armed_;
    wheel_ = nullptr;
}

void timing_wheel::arm(timeout& t, clock::time_point due) {
    t.cancel();
    const auto until = std::max(due - start_, clock::duration::zero());
    // Rounded up, so that it never fires early, and never into a tick that has passed.
    const auto tick_of_due = static_cast<std::uint64_t>((until + tick - clock::duration{1}) / tick);
    t.due_tick_ = std::max(tick_of_due, passed_ + 1);
    t.wheel_ = this;
    slots_[t.due_tick_ % slot_count].push_back(t);
    ++armed_;
}

void timing_wheel::advance(clock::time_point now) {
    const auto current =
        static_cast<std::uint64_t>(std::max(now - start_, clock::duration::zero()) / tick);
    // One round visits every slot, so after a long pause no more than the last one is needed.
    passed_ = std::max(passed_, current - std::min<std::uint64_t>(current, slot_count));
    while (passed_ < current && !is_empty()) {
        ++passed_;
        slot visited;
        visited.swap(slots_[passed_ % slot_count]);
        while (!visited.empty()) {
            timeout& t = visited.front();
            if (t.due_tick_ > passed_) {  // a later round of the wheel
                visited.pop_front();
                slots_[t.due_tick_ % slot_count].push_back(t);
                continue;
            }
            t.cancel();
            try {
                t.on_due_();
            } catch (const std::exception& e) {
                stats::log_failure(stats::failure::timeout, {}, "a timeout: {}", e.what());
            }
        }
    }
    passed_ = std::max(passed_, current);
}

}  // namespace gim::worker
