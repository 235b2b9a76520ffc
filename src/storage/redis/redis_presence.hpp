#pragma once

#include "storage/presence.hpp"
#include "storage/redis/redis_access.hpp"
#include "storage/redis/redis_counts.hpp"
#include "storage/redis/redis_node_lease.hpp"
#include "storage/redis/redis_node_list.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// Tells the other nodes who is connected here and which rooms are received, as far as those are at
// home on one worker, and asks them.
//
// Threads: its worker's.
class redis_presence final : public presence {
public:
    // `node`: this one.
    redis_presence(worker::worker& home, redis_access& access, std::string node);

    void start();
    // Who else is there is known.
    bool is_ready() const noexcept { return list_.is_known(); }
    // The connection is there, or there again.
    void commands_are_up();

    void listen(counted_by what, local_counts& here) override { told(what).listen(here); }
    void introduce(told_to_others& self) override;
    void changed(counted_by what, std::string_view name) override { told(what).changed(name); }
    void tell_all() override;
    void tell_soon() override;
    void leave() override;
    bool has_left() const noexcept override { return !lease_ || lease_->has_left(); }

    model::result<std::span<const node_record>> others() const override;
    std::uint64_t others_version() const noexcept override { return list_.version(); }
    worker::async_result<std::vector<std::uint64_t>>
    elsewhere(counted_by what, std::vector<std::string> names) override;
    worker::async_result<std::uint64_t> disconnect(std::string user) override;

private:
    redis_counts& told(counted_by what) noexcept {
        return what == counted_by::user ? users_ : rooms_;
    }
    // Where a node writes them.
    std::string key_of(counted_by what, std::string_view node) const;

    worker::worker& home_;
    redis_access& access_;
    const std::string node_;
    redis_counts users_;
    redis_counts rooms_;
    redis_node_list list_;
    std::optional<redis_node_lease> lease_;  // empty: another worker's presence has it
};

}  // namespace gim::storage
