#pragma once

#include "tools/client/dialect.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gim::client {

// Keeps what a dialect tells.
struct events final : dialect_events {
    void on_ready() override { ++ready; }
    void on_packet(std::string_view bytes, std::uint64_t n) override {
        packets.emplace_back(bytes);
        skipped += n;
    }
    void on_answer(bool accepted) override { answers.push_back(accepted); }
    void on_failure(std::string_view why) override { failures.emplace_back(why); }

    int ready = 0;
    std::uint64_t skipped = 0;
    std::vector<std::string> packets;
    std::vector<bool> answers;
    std::vector<std::string> failures;
};

}  // namespace gim::client
