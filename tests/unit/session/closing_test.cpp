#include "unit/session/noting_closer.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>

using namespace gim::test;
using gim::websocket::close_code;

TEST_CASE("closing a user's connections reaches each on its worker, and the user is offline") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        std::vector<noting_closer> closers(workers);
        for (std::size_t w = 0; w < workers; ++w) {
            call_on(s.pool.at(w), [&] { s.all.at(w).closer = &closers[w]; });
        }
        auto& bob = s.log_in("bob");
        std::vector<device*> devices;
        for (int i = 0; i < 4; ++i) {
            devices.push_back(&s.log_in("ann"));
        }
        s.all.close_connections("ann", close_code::kicked, "enough");
        s.all.close_connections("ann", close_code::kicked, "again");
        s.all.close_connections("nobody", close_code::kicked, "nobody");
        s.settle();
        CHECK_FALSE(s.find_user(bob, "ann")->online);
        CHECK(s.find_user(bob, "bob")->online);
        std::size_t closed = 0;
        for (std::size_t w = 0; w < workers; ++w) {
            closed += closers[w].closed.size();
        }
        CHECK(closed == devices.size());
        for (const auto* d : devices) {
            const auto& here = closers[d->home.index()].closed;
            const auto expected = std::tuple(d->ref.id, close_code::kicked, std::string("enough"));
            CHECK(std::count(here.begin(), here.end(), expected) == 1);
        }
        for (auto* d : devices) {  // as the gateway does when a connection has ended
            s.logout(*d);
        }
    }
}

TEST_CASE("one connection is closed where it lives; without sockets nothing happens") {
    running_server s(3);
    auto& d = s.log_in("ann");
    s.all.close_connection(d.ref, close_code::replaced, "no closer yet");
    s.settle();
    noting_closer closer;
    call_on(d.home, [&] { s.all.at(d.home.index()).closer = &closer; });
    s.all.close_connection(d.ref, close_code::replaced, "moved");
    s.settle();
    REQUIRE(closer.closed.size() == 1);
    CHECK(closer.closed[0] == std::tuple(d.ref.id, close_code::replaced, std::string("moved")));
}
