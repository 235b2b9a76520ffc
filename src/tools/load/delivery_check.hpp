#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace gim::load {

// Whether every message reached every receiver, once and in order. Exact, for each pair of a sender
// and a receiver. Sans-io.
//
// Problem: this is asked at every delivery, millions of times a second, so a pair costs four bytes,
// the next index that is expected, as long as nothing is missing. Only what was jumped over is
// remembered, as it may come late.
//
// Senders and receivers are numbered in the order of the channels: those of channel 0 first.
class delivery_check {
public:
    // Those who send into it reach those who receive from it: a room, or the way to one user.
    struct channel {
        std::size_t senders = 0;
        std::size_t receivers = 0;
    };

    explicit delivery_check(const std::vector<channel>& channels);

    // The sender's next message went out.
    void on_sent(std::size_t sender);
    // One of them was not accepted and is expected nowhere.
    void on_refused(std::size_t sender);

    enum class outcome {
        in_order,
        late,   // behind a later one: out of order, but not lost
        again,  // a duplicate
        stray,  // never sent, or not to this receiver
    };
    outcome on_delivered(std::size_t receiver, std::size_t sender, std::uint32_t index);
    // The server said that it left out so many.
    void on_skipped(std::size_t receiver, std::uint64_t messages);

    // How many messages this receiver still lacks.
    std::uint64_t owed_to(std::size_t receiver) const;

    struct totals {
        std::uint64_t sent = 0;
        std::uint64_t refused = 0;
        std::uint64_t expected = 0;
        std::uint64_t delivered = 0;  // each once
        std::uint64_t skipped = 0;
        std::uint64_t lost = 0;
        std::uint64_t duplicated = 0;
        std::uint64_t out_of_order = 0;
        std::uint64_t stray = 0;
    };
    totals result() const;

    std::size_t channel_of_sender(std::size_t number) const { return senders_[number].channel; }
    std::size_t channel_of_receiver(std::size_t number) const { return receivers_[number].channel; }

private:
    struct sender {
        std::size_t channel;
        std::size_t place;  // among the senders of the channel
        std::uint32_t sent = 0;
    };
    struct receiver {
        std::size_t channel;
        std::size_t first;  // of its pairs in next_
        std::uint64_t delivered = 0;
        std::uint64_t skipped = 0;
    };
    struct gap {
        std::uint32_t begin;
        std::uint32_t end;
    };

    bool fill(std::size_t pair, std::uint32_t index);

    std::vector<sender> senders_;
    std::vector<receiver> receivers_;
    std::vector<std::uint64_t> accepted_;  // a channel: sent and not refused
    std::vector<std::uint32_t> next_;      // a pair: the index that comes next in order
    std::unordered_map<std::size_t, std::vector<gap>> gaps_;  // a pair: ascending
    std::uint64_t refused_ = 0;
    std::uint64_t duplicated_ = 0;
    std::uint64_t out_of_order_ = 0;
    std::uint64_t stray_ = 0;
};

}  // namespace gim::load
