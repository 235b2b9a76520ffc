#pragma once

#include "tools/load/connection.hpp"
#include "tools/load/delivery_check.hpp"
#include "tools/load/fixed_rate.hpp"
#include "tools/load/plan.hpp"
#include "tools/load/recorder.hpp"
#include "tools/load/send_window.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace gim::load {

// The messages of a plan: sends them when they are to be sent, in a closed loop or at a fixed rate,
// and takes account of what comes of them.
//
// Lifetime: borrows all it is given. Threads: the poller's.
class traffic {
public:
    // `clients` are the plan's participants, connected by the time of start().
    traffic(
        const load_options& options,
        const plan& p,
        std::deque<connection>& clients,
        recorder& keep
    );

    void start(clock::time_point now);
    // Sends what may be sent by now, and returns for how long there will be nothing to do.
    clock::duration send(clock::time_point now);

    // What has come. `receiver` and `sender` are the plan's numbers.
    void on_packet(
        std::size_t receiver,
        std::string_view bytes,
        std::uint64_t skipped,
        clock::time_point now
    );
    void on_answer(std::size_t sender, bool accepted, clock::time_point now);
    void on_receiver_left(std::size_t receiver);

    // When a delivery came last.
    clock::time_point last_came() const noexcept { return last_came_; }
    // In a closed loop: waits no longer for what is under way.
    void give_up();
    // Deliveries that are under way.
    std::uint64_t outstanding() const;
    // How many messages were to be sent before `end`.
    std::uint64_t offered(clock::time_point end) const;
    delivery_check::totals result() const { return check_.result(); }

private:
    struct channel_state {
        send_window window;
        std::size_t first_sender;
        std::size_t senders;
        std::size_t turn = 0;  // whose turn it is to send
        bool is_listed = false;
    };

    clock::duration send_closed(clock::time_point now);
    clock::duration send_at_rate(clock::time_point now);
    // False: the sender is gone, or its socket takes no more for now.
    bool send_one(std::size_t sender, clock::time_point intended);
    // The channel may have got room in its window.
    void list_if_open(std::size_t channel);

    const plan& plan_;
    std::deque<connection>& clients_;
    recorder& recorder_;
    const std::size_t per_second_;  // 0: closed loop
    delivery_check check_;
    std::vector<channel_state> channels_;
    std::vector<std::size_t> open_channels_;                 // with room in their window
    std::vector<std::uint32_t> next_index_;                  // a sender
    std::vector<std::deque<clock::time_point>> unanswered_;  // a sender: intended times
    std::vector<std::size_t> unflushed_;                     // participants
    std::string content_;
    std::optional<fixed_rate> rate_;
    std::uint64_t had_turn_ = 0;  // of the rate's messages
    clock::time_point last_came_{};
};

}  // namespace gim::load
