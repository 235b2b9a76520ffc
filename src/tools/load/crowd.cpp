#include "tools/load/crowd.hpp"

#include <algorithm>
#include <stdexcept>
#include <sys/resource.h>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

// Below what a listening socket keeps waiting, so that no attempt is dropped and tried again a
// second later.
constexpr std::size_t attempts_at_a_time = 256;
constexpr auto patience = 10s;
// Descriptors for all else: standard streams, epoll, files of /proc.
constexpr std::size_t other_descriptors = 64;

}  // namespace

void crowd::bring_up(const std::vector<client::identity>& who) {
    allow_connections(who.size());
    begun_.resize(who.size());
    connection::owner& self = *this;
    for (std::size_t i = 0; i < who.size(); ++i) {
        connections_.emplace_back(poller_, self, i);
    }
    for (const std::size_t number : slow_) {
        connections_[number].set_small_receive_buffer();
    }
    std::size_t begun = 0;
    std::size_t seen_ready = 0;
    auto moved = clock::now();
    while (ready_ < who.size()) {
        while (begun < who.size() && begun - ready_ < attempts_at_a_time && failure_.empty()) {
            begun_[begun] = clock::now();
            connections_[begun].connect(
                server_, begun / client::connections_a_source, speak_(who[begun])
            );
            ++begun;
        }
        poller_.wait(100ms);
        if (ready_ != seen_ready) {
            seen_ready = ready_;
            moved = clock::now();
        } else if (clock::now() - moved > patience) {
            failure_ = "only " + std::to_string(ready_) + " of " + std::to_string(who.size()) +
                       " clients came up, then nothing moved for 10 s";
        }
        if (!failure_.empty()) {
            throw std::runtime_error(server_.text + ": " + failure_);
        }
        if (progress_.is_due()) {
            progress_.say(
                "connecting: " + std::to_string(ready_) + " of " + std::to_string(who.size())
            );
        }
    }
    is_up_ = true;
    for (const std::size_t number : slow_) {
        connections_[number].stop_reading();
    }
}

void crowd::on_ready(connection& c) {
    ++ready_;
    on_up(clock::now() - begun_[c.number()]);
}

void crowd::on_end(connection& c, std::string_view why) {
    if (is_up_) {
        on_left(c, why);
    } else if (failure_.empty()) {
        failure_ = why;
    }
}

void allow_connections(std::size_t connections) {
    const rlim_t needed = connections + other_descriptors;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < needed) {
        throw std::runtime_error(
            std::to_string(connections) + " connections need " + std::to_string(needed) +
            " descriptors, but the limit is " + std::to_string(limit.rlim_max) +
            "; raise it (as root: ulimit -n " + std::to_string(needed) + "), or use fewer"
        );
    }
}

}  // namespace gim::load
