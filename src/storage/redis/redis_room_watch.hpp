#pragma once

#include "model/ids.hpp"
#include "model/message.hpp"
#include "model/replies.hpp"
#include "storage/redis/redis_watch.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// A room that is watched, known by the last sequence that was told.
class redis_room_watch final : public redis_watch {
public:
    redis_room_watch(context& with, const model::session_id& room);

    void add_keys(std::vector<std::string>& to) const override;

private:
    void heard(std::string_view line) override;
    boost::asio::awaitable<bool> learn() override;
    boost::asio::awaitable<bool> read_missed() override;
    void hear(std::string_view line) override;
    void hear_held(std::string_view line) override;

    bool is_next(const model::message& m) const noexcept;
    void tell(model::message_ptr m);
    std::string epoch_of(const model::history_reply& page) const;
    void lose(std::string epoch, std::uint64_t top);

    const model::session_id room_;
    std::string epoch_;
    std::uint64_t seen_ = 0;
    bool has_heard_ = false;  // one that was published; else `seen_` was read, a bit earlier
};

}  // namespace gim::storage
