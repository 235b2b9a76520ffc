#pragma once

#include "tools/load/crowd.hpp"
#include "tools/load/recorder.hpp"

#include <functional>
#include <string>
#include <vector>

namespace gim::load {

// Clients that take turns to ask for something: so many at a time, each again when it was answered.
class asking_crowd final : public crowd {
public:
    // Appends one question of that client to its out().
    using question = std::function<void(connection& c)>;

    asking_crowd(
        poller& p,
        const client::endpoint& server,
        const client::dialect_factory& speak,
        progress& tell,
        recorder& keep,
        question ask
    );

    using crowd::at;
    using crowd::bring_up;
    using crowd::size;

    // Begins with `width` questions.
    void start(std::size_t width);
    // Asks no more.
    void stop() noexcept { is_stopped_ = true; }

    std::uint64_t answered() const noexcept { return took_.count(); }
    std::uint64_t refused() const noexcept { return refused_; }
    std::uint64_t left() const noexcept { return left_; }
    const latency_histogram& took() const noexcept { return took_; }

private:
    void on_packet(connection&, std::string_view, std::uint64_t) override {}
    void on_answer(connection& c, bool accepted) override;
    void on_left(connection& c, std::string_view why) override;

    // Lets the next client ask that is not waiting.
    void ask_next();

    recorder& recorder_;
    const question ask_;
    std::vector<clock::time_point> asked_;  // a client; min(): it does not wait
    std::size_t turn_ = 0;
    bool is_stopped_ = false;
    latency_histogram took_;
    std::uint64_t refused_ = 0;
    std::uint64_t left_ = 0;
};

}  // namespace gim::load
