#pragma once

#include "base/text_map.hpp"
#include "model/ids.hpp"
#include "model/message.hpp"
#include "storage/redis/redis_told.hpp"
#include "storage/redis/redis_watch.hpp"
#include "worker/timing_wheel.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::storage {

// A user who is watched, known by the number of the last touch that was told, and by what was told
// of each private session lately.
//
// In a cluster the message is published by the server that has the session and the touch by the one
// that has the user: so a touch may come before its message, and what a server did not pass on to
// another is missed though no subscription was cut.
class redis_user_watch final : public redis_watch {
public:
    redis_user_watch(context& with, std::string_view user);

    void add_keys(std::vector<std::string>& to) const override;
    void was_cut() override;
    void begin_anew() override;

private:
    using clock = worker::worker::clock;

    // Sequences of one session, told or said to be lost, without a gap; from 1 on, so 0 is none.
    struct told_range {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        std::int64_t last_created_at = 0;  // milliseconds since 1970; 0: not known
    };

    // Of a message in a user's list.
    struct early_touch {
        std::uint64_t number = 0;
        std::string session;
        std::uint64_t sequence = 0;
    };

    boost::asio::awaitable<bool> learn() override;
    boost::asio::awaitable<bool> read_missed() override;
    void has_read_all() override;
    void hear(std::string_view line) override;
    void hear_held(std::string_view line) override;

    void hear_touch(const told_touched& touch);
    void wait_for_message(const told_touched& touch);
    void settle_early();
    void hear_message(std::string_view line);
    boost::asio::awaitable<bool> read_private(model::session_id session, std::uint64_t sequence);
    told_range seen_of(std::string_view session) const;
    std::uint64_t last_seen(std::string_view session) const { return seen_of(session).last; }
    void has_seen(std::string_view session, const model::message& m);
    void forget_old();
    clock::duration time_to_remember() const noexcept;
    void forget_all();
    bool may_have_missed() const noexcept;
    void lose_if_overtaken(std::string_view session, std::uint64_t sequence);
    void lose();

    const std::string user_;
    std::uint64_t touched_ = 0;  // the number of the last touch that was told
    // By session; of those of which more may be heard, see forget_old().
    base::text_map<told_range> seen_;
    base::text_map<told_range> seen_before_;
    clock::time_point seen_since_ = clock::now();
    bool has_been_cut_ = false;
    // Touches in their order, of which the first was heard before its message.
    std::deque<early_touch> early_;
    worker::timeout early_timer_;
    // Sessions of which one was heard that does not follow the last, and its sequence.
    std::vector<std::pair<model::session_id, std::uint64_t>> behind_gap_;
};

}  // namespace gim::storage
