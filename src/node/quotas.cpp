#include "node/quotas.hpp"

#include <algorithm>
#include <string>

namespace gim::node {

namespace {

using model::error;
using model::status;
using std::chrono::ceil;
using std::chrono::milliseconds;
using std::chrono::seconds;

// In whole milliseconds below a second, else in whole seconds: never too early.
std::string text(std::chrono::nanoseconds time) {
    if (time < seconds(1)) {
        return std::to_string(ceil<milliseconds>(time).count()) + " ms";
    }
    return std::to_string(ceil<seconds>(time).count()) + " s";
}

error too_fast(const std::string& limit, std::chrono::nanoseconds wait) {
    return {status::too_many, limit + "; try again in " + text(wait), ceil<seconds>(wait)};
}

worker::rate_limit slow_mode(std::chrono::nanoseconds interval) noexcept {
    return {interval.count() == 0 ? std::size_t{0} : std::size_t{1}, 1, interval};
}

}  // namespace

quotas::quotas(const quota_options& options, stats::counters& count)
    : rooms_of_user_(options.rooms_of_user),
      members_of_room_(options.members_of_room),
      of_user_(options.sends_of_user),
      to_room_(options.sends_to_room),
      turns_(slow_mode(options.slow_mode)),
      count_(count) {}

void quotas::set_options(const quota_options& options) noexcept {
    rooms_of_user_ = options.rooms_of_user;
    members_of_room_ = options.members_of_room;
    of_user_.set_limit(options.sends_of_user);
    to_room_.set_limit(options.sends_to_room);
    turns_.set_limit(slow_mode(options.slow_mode));
}

quotas::verdict quotas::take_send_of(std::string_view user, clock::time_point now) {
    if (const auto wait = of_user_.wait(user, now); wait > clock::duration::zero()) {
        count_.add(stats::event::refused_send_of_user);
        return too_fast(
            "content: a user may send " + std::to_string(of_user_.limit().count) +
                " messages a second",
            wait
        );
    }
    of_user_.spend(user, now);
    return {};
}

quotas::verdict
quotas::take_send_to(std::string_view room, std::string_view user, clock::time_point now) {
    std::string turn;
    if (turns_.limit().is_on()) {
        turn.append(room).append("/").append(user);  // no id holds a slash
    }
    if (const auto wait = turns_.wait(turn, now); wait > clock::duration::zero()) {
        count_.add(stats::event::refused_slow_mode);
        return too_fast(
            "target_id: slow mode, one message in " + text(turns_.limit().interval()) +
                " of each member",
            wait
        );
    }
    if (const auto wait = to_room_.wait(room, now); wait > clock::duration::zero()) {
        count_.add(stats::event::refused_send_to_room);
        return too_fast(
            "target_id: a room may get " + std::to_string(to_room_.limit().count) +
                " messages a second",
            wait
        );
    }
    turns_.spend(turn, now);
    to_room_.spend(room, now);
    return {};
}

quotas::verdict quotas::allow_another_room(std::size_t rooms) {
    if (rooms_of_user_ == 0 || rooms < rooms_of_user_) {
        return {};
    }
    return refuse_another_room();
}

error quotas::refuse_another_room() {
    count_.add(stats::event::refused_room_of_user);
    return {
        status::too_many,
        "id: a user may be in " + std::to_string(rooms_of_user_) + " rooms; leave one first"};
}

error quotas::refuse_another_member() {
    count_.add(stats::event::refused_member_of_room);
    return {
        status::too_many,
        "id: the room is full, it may have " + std::to_string(members_of_room_) +
            " members; try again when some have left"};
}

}  // namespace gim::node
