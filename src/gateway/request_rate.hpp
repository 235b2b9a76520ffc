#pragma once

#include "worker/token_bucket.hpp"

#include <chrono>
#include <optional>

namespace gim::gateway {

struct request_rate_options {
    // Requests and control frames of one connection. Beyond it nothing more is read until a token
    // is back, so that TCP slows the client and nothing is lost. Larger: one client may take more
    // of its worker.
    worker::rate_limit limit{50, 100};
    // Who goes on beyond the limit for so long, without a moment in which everything that came was
    // read, is closed with 4002.
    std::chrono::steady_clock::duration patience = std::chrono::seconds(10);
};

// How fast one connection's requests are read.
//
// Threads: one worker's. Sans-io: time is passed in.
class request_rate {
public:
    using clock = worker::token_bucket::clock;

    // How long not to read on; zero: there is a token for the next message.
    clock::duration pause(const request_rate_options& o, clock::time_point now) noexcept {
        now_ = now;
        const auto wait = tokens_.wait(o.limit, now);
        if (wait > clock::duration::zero() && !over_since_) {
            over_since_ = now;
        }
        return wait;
    }
    // Something was read, when pause() was last asked.
    void spend(const request_rate_options& o) noexcept { tokens_.spend(o.limit, now_); }

    // Whether it has had to wait, and nobody has said since that all was read.
    bool is_over() const noexcept { return over_since_.has_value(); }
    void all_was_read() noexcept { over_since_.reset(); }
    bool is_hopeless(const request_rate_options& o, clock::time_point now) const noexcept {
        return over_since_ && now - *over_since_ >= o.patience;
    }

private:
    worker::token_bucket tokens_;
    clock::time_point now_{};
    std::optional<clock::time_point> over_since_;
};

}  // namespace gim::gateway
