#include "unit/session/noting_closer.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace gim::test;

namespace {

// What all workers were to close, by connection.
std::vector<gim::push::connection_id> closed_by(const std::vector<noting_closer>& closers) {
    std::vector<gim::push::connection_id> ids;
    for (const auto& closer : closers) {
        for (const auto& [id, code, reason] : closer.closed) {
            CHECK(code == gim::websocket::close_code::replaced);
            ids.push_back(id);
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

}  // namespace

TEST_CASE("a login beyond the limit closes the user's oldest connection, and no other's") {
    for (const auto workers : worker_counts) {
        running_server s(workers);  // 8 connections a user
        std::vector<noting_closer> closers(workers);
        for (std::size_t w = 0; w < workers; ++w) {
            call_on(s.pool.at(w), [&] { s.all.at(w).closer = &closers[w]; });
        }
        auto& bob = s.log_in("bob");
        std::vector<device*> devices;
        for (int i = 0; i < 8; ++i) {
            devices.push_back(&s.log_in("ann"));
        }
        s.settle();
        CHECK(closed_by(closers).empty());
        devices.push_back(&s.log_in("ann"));
        devices.push_back(&s.log_in("ann"));
        s.settle();
        CHECK(closed_by(closers) == std::vector{devices[0]->ref.id, devices[1]->ref.id});

        REQUIRE(s.send_to_user(bob, "ann", "hi"));
        s.settle();
        for (std::size_t i = 0; i < devices.size(); ++i) {
            CHECK(devices[i]->take().size() == (i < 2 ? 0 : 1));
        }
        // The gateway tells of the ends of both; then there is room for none more than before.
        s.logout(*devices[0]);
        s.logout(*devices[1]);
        s.log_in("ann");
        s.settle();
        CHECK(closed_by(closers).size() == 3);
        CHECK(closed_by(closers).back() == devices[2]->ref.id);
    }
}

TEST_CASE("without a limit nobody is closed") {
    running_server s(1, {}, 0, 0);
    noting_closer closer;
    call_on(s.pool.at(0), [&] { s.all.at(0).closer = &closer; });
    for (int i = 0; i < 30; ++i) {
        s.log_in("ann");
    }
    s.settle();
    CHECK(closer.closed.empty());
}

TEST_CASE("nobody is system, in whose name back ends send, but System is a user") {
    running_server s(1);
    CHECK_THROWS(s.login(s.connect(), {"system", {}}));
    CHECK(code_of(s.login(s.connect(), {"System", {}})) == 0);
}
