#include "tools/load/plan.hpp"

#include <limits>
#include <stdexcept>

namespace gim::load {

namespace {

// Puts participants into channels, and numbers them as delivery_check does: in their order.
class planner {
public:
    void begin_channel() { result_.channels.emplace_back(); }

    std::size_t add(client::identity who) {
        who.user = result_.participants.size();
        result_.participants.push_back({std::move(who), {}, {}, false});
        return result_.participants.size() - 1;
    }
    void receives(std::size_t participant) {
        result_.participants[participant].receiver = receivers_++;
        ++result_.channels.back().receivers;
    }
    void sends(std::size_t participant, destination to) {
        result_.participants[participant].sender = result_.destinations.size();
        result_.destinations.push_back(std::move(to));
        result_.participant_of_sender.push_back(participant);
        ++result_.channels.back().senders;
    }
    void stops_reading(std::size_t participant) {
        result_.participants[participant].stops_reading = true;
    }

    plan take() {
        if (result_.destinations.size() > std::numeric_limits<std::uint16_t>::max()) {
            throw std::runtime_error("more than 65535 senders cannot be told apart");
        }
        return std::move(result_);
    }

private:
    plan result_;
    std::size_t receivers_ = 0;
};

void plan_rooms(
    planner& p,
    const load_options& options,
    hearing hears,
    const std::string& room_suffix
) {
    const std::size_t all = options.all_publishers();
    for (std::size_t r = 0; r < options.rooms; ++r) {
        const std::string room = 'r' + std::to_string(r) + room_suffix;
        // Shared out evenly; the first rooms have what is left over.
        const std::size_t publishers = all / options.rooms + (r < all % options.rooms ? 1 : 0);
        p.begin_channel();
        for (std::size_t i = 0; i < options.members; ++i) {
            const std::size_t member = p.add({0, room});
            p.receives(member);
            if (hears == hearing::own_messages && i < publishers) {
                p.sends(member, {room, 0});
            }
        }
        if (hears == hearing::only_others) {
            for (std::size_t i = 0; i < publishers; ++i) {
                p.sends(p.add({0, room}), {room, 0});
            }
        }
        for (std::size_t i = 0; i < options.slow_members; ++i) {
            p.stops_reading(p.add({0, room}));
        }
    }
}

// A channel is one direction, so that what is on its way to one user is told from what is on its
// way back.
void plan_pairs(planner& p, const load_options& options) {
    for (std::size_t i = 0; i < options.pairs; ++i) {
        const std::size_t a = p.add({});
        const std::size_t b = p.add({});
        p.begin_channel();
        p.sends(a, {"", b});
        p.receives(b);
        if (options.direction == ways::both) {
            p.begin_channel();
            p.sends(b, {"", a});
            p.receives(a);
        }
    }
}

}  // namespace

plan make_plan(const load_options& options, hearing hears, const std::string& room_suffix) {
    planner p;
    if (options.what == scenario::pairs) {
        plan_pairs(p, options);
    } else {
        plan_rooms(p, options, hears, room_suffix);
    }
    return p.take();
}

}  // namespace gim::load
