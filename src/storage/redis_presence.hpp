#pragma once

#include "protocol/text_map.hpp"
#include "storage/presence.hpp"
#include "storage/redis_access.hpp"
#include "storage/redis_node_lease.hpp"
#include "storage/redis_node_list.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace gim::storage {

// Tells the other nodes who is connected here, as far as those are at home on one worker, and asks
// them.
//
// Problem: users come and go faster than they are asked about, and a node may die at any time. So
// each node has a list of its own in Redis, which ends with the node's lease; changes gather for a
// moment, and what is written is how many connections a user has, not that there is one more. What
// could not be written is written later.
//
// Threads: its worker's.
class redis_presence final : public presence {
public:
    // How long changes gather. Larger: fewer commands, and others know later.
    static constexpr std::chrono::milliseconds gathering{50};

    // `node`: this one.
    redis_presence(worker::worker& home, redis_access& access, std::string node);

    void start();
    // Who else is there is known.
    bool is_ready() const noexcept { return list_.is_known(); }
    // The connection is there, or there again.
    void commands_are_up();

    void listen(const local_users& here) override { here_ = &here; }
    void introduce(told_to_others& self) override;
    void changed(std::string_view user) override;
    void tell_all() override;
    void tell_soon() override;
    void leave() override;
    bool has_left() const noexcept override { return !lease_ || lease_->has_left(); }

    protocol::result<std::span<const node_record>> others() const override;
    std::uint64_t others_version() const noexcept override { return list_.version(); }
    async_result<std::vector<std::uint64_t>> elsewhere(std::vector<std::string> users) override;
    async_result<std::uint64_t> disconnect(std::string user) override;

private:
    void write_soon();
    boost::asio::awaitable<void> write();
    boost::asio::awaitable<bool> write_some(std::span<const std::string> users);

    worker::worker& home_;
    redis_access& access_;
    const std::string node_;
    const local_users* here_ = nullptr;
    redis_node_list list_;
    std::optional<redis_node_lease> lease_;  // empty: another worker's presence has it
    // Of whom the others know something else, or may.
    std::unordered_set<std::string, protocol::text_hash, std::equal_to<>> changed_;
    bool is_writing_ = false;
    bool is_leaving_ = false;
    worker::timeout timer_;
};

}  // namespace gim::storage
