#pragma once

#include "model/replies.hpp"
#include "storage/presence.hpp"
#include "worker/async_result.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::node {

class node;

// How many connections of this process receive the rooms that are at home on one worker, for the
// other nodes. It is counted on all workers when it is asked for, so that who comes and goes costs
// nothing more meanwhile.
//
// Threads: its worker's.
class room_attendance final : public storage::local_counts {
public:
    room_attendance(node& all, std::size_t home) : all_(all), home_(home) {}

    boost::asio::awaitable<std::vector<std::uint64_t>> counts(std::span<const std::string> rooms
    ) override;
    void visit(const std::function<void(std::string_view room)>& f) const override;

private:
    node& all_;
    const std::size_t home_;
};

// Fills in how many connections receive the rooms, on all nodes, with one visit to every worker and
// one question to every other node. Ends on any worker.
worker::async_result<void> count_connections(node& all, std::vector<model::room_reply>& rooms);

}  // namespace gim::node
