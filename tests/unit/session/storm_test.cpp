#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace gim::test;
using namespace std::chrono_literals;

namespace {

// One client that does anything for a while, and ends logged in and in the rooms it knows of.
boost::asio::awaitable<void> wander(running_server& s, device& d, unsigned seed, int steps) {
    std::mt19937 random(seed);
    const gim::auth::identity who_am_i{std::string("user") + std::to_string(random() % 6), {}};
    d.user = {who_am_i.id(), who_am_i.id()};
    const auto who = d.caller();
    bool is_in = false;
    for (int i = 0; i < steps; ++i) {
        const auto room = std::string("room") + std::to_string(random() % 5);
        const gim::model::join_request join{room};
        const gim::model::leave_request leave{room};
        const gim::model::send_request send{gim::model::session_type::room, room, "text", "x"};
        const gim::model::send_request whisper{
            gim::model::session_type::private_chat,
            std::string("user") + std::to_string(random() % 6),
            "text",
            "x"};
        const gim::model::sessions_request sessions;
        if (!is_in) {
            auto welcomed = co_await s.services.logins.login(who_am_i, d.ref, d.box);
            is_in = true;
        }
        switch (random() % 8) {
            case 0:
                co_await s.services.logins.logout(d.user, d.ref);
                is_in = false;
                break;
            case 1:
            case 2: {
                auto joined = co_await s.services.rooms.join(who, join);
                break;
            }
            case 3: {
                auto left = co_await s.services.rooms.leave(who, leave);
                break;
            }
            case 4: {
                auto sent = co_await s.services.sends.send(who, whisper);
                break;
            }
            case 5: {
                auto list = co_await s.services.sessions.sessions(who, sessions);
                break;
            }
            default: {
                auto sent = co_await s.services.sends.send(who, send);
                break;
            }
        }
    }
    if (!is_in) {
        auto welcomed = co_await s.services.logins.login(who_am_i, d.ref, d.box);
    }
}

}  // namespace

TEST_CASE("after a storm of everything at once, a message reaches exactly the members' devices") {
    for (const auto workers : worker_counts) {
        for (const std::size_t limit : {0U, 2U}) {
            const unsigned seed = std::random_device()();
            CAPTURE(seed);
            CAPTURE(workers);
            // Of 20 devices a user may get more than the default allows, and none of them is to be
            // replaced: who was would still be attached, as devices here have no socket to close.
            constexpr std::size_t any_number_of_devices = 0;
            running_server s(
                workers, {gim::push::batch_mode::full, 3, 1ms}, limit, any_number_of_devices
            );
            std::vector<device*> devices;
            std::vector<std::future<void>> storms;
            for (unsigned i = 0; i < 20; ++i) {
                devices.push_back(&s.connect());
            }
            for (unsigned i = 0; i < 20; ++i) {
                auto& d = *devices[i];
                storms.push_back(start_on(d.home, [&s, &d, seed, i] {
                    return wander(s, d, seed + i, 150);
                }));
            }
            for (auto& storm : storms) {
                wait_for(std::move(storm));
            }
            auto& sender = s.log_in("sender");
            for (int r = 0; r < 5; ++r) {
                const auto room = std::string("room") + std::to_string(r);
                REQUIRE(s.join(sender, room));
                const auto inside = s.members(sender, {room, {}, 50});
                REQUIRE(inside);
                const auto is_end = [&](const received_packet& p) {
                    return p.title == room && p.contents.back() == std::string("end of ") + room;
                };
                REQUIRE(s.send_to_room(sender, room, std::string("end of ") + room));
                sender.take_when([&](const auto& packets) {
                    return !packets.empty() && is_end(packets.back());
                });
                s.settle();
                for (auto* d : devices) {
                    bool is_member = false;
                    for (const auto& m : inside->items) {
                        is_member = is_member || m.id == d->user.id;
                    }
                    std::size_t heard = 0;
                    for (const auto& p : d->take()) {
                        heard += is_end(p);
                    }
                    CHECK(heard == (is_member ? 1 : 0));
                }
            }
        }
    }
}
