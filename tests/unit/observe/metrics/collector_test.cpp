#include "observe/metrics/collector.hpp"

#include "observe/stats/counters.hpp"
#include "readings.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

using namespace gim;
using test::device;
using test::running_server;
using test::samples_of;

namespace {

struct scraped_server : running_server {
    explicit scraped_server(metrics::collector_options options = {})
        : running_server(3), collector(all, std::move(options)) {}
    ~scraped_server() {
        pool.stop();
        collector.join();
    }

    // As asked on that worker, to which it comes back.
    std::map<std::string, double> scrape(std::size_t worker = 0) {
        auto& origin = pool.at(worker);
        return samples_of(test::run_on(
            origin,
            [this, &origin]() -> boost::asio::awaitable<std::string> {
                auto text = co_await collector.scrape();
                REQUIRE(origin.is_current());
                co_return text;
            }
        ));
    }
    // Once `name` has that value; what a scrape gives if it never does.
    double when(const std::string& name, double value) {
        const auto end = std::chrono::steady_clock::now() + test::patience;
        auto seen = scrape().at(name);
        while (seen != value && std::chrono::steady_clock::now() < end) {
            seen = scrape().at(name);
        }
        return seen;
    }

    metrics::collector collector;
};

}  // namespace

TEST_CASE("what the workers counted is added up, whoever is asked") {
    scraped_server s;
    for (std::size_t w = 0; w < 3; ++w) {
        test::call_on(s.pool.at(w), [&] {
            s.pool.at(w).counters().add(stats::event::close_slow_reader, w + 1);
        });
    }
    for (std::size_t w = 0; w < 3; ++w) {
        const auto seen = s.scrape(w);
        CHECK(seen.at("gim_closes_total{code=\"4000\"}") == 6);
        CHECK(seen.at("gim_workers") == 3);
    }
}

TEST_CASE("users, rooms, messages and deliveries move by what happens") {
    scraped_server s;
    device& ann = s.log_in("ann");
    device& bob = s.log_in("bob");
    device& bob_again = s.log_in("bob");
    for (auto* d : {&ann, &bob}) {
        REQUIRE(s.join(*d, "lobby"));
    }
    for (int i = 0; i < 3; ++i) {
        REQUIRE(s.send_to_room(ann, "lobby", "to all"));
    }
    REQUIRE(s.send_to_user(ann, "bob", "to one"));
    // A room has two members, one of whom has two connections; the private message goes to those
    // two.
    CHECK(s.when("gim_deliveries_total{kind=\"room\"}", 9) == 9);
    CHECK(s.when("gim_deliveries_total{kind=\"private\"}", 2) == 2);
    auto seen = s.scrape();
    CHECK(seen.at("gim_logins_total") == 3);
    CHECK(seen.at("gim_users_online") == 2);
    CHECK(seen.at("gim_messages_total{kind=\"room\"}") == 3);
    CHECK(seen.at("gim_messages_total{kind=\"private\"}") == 1);
    CHECK(seen.at("gim_storage_messages") == 4);
    CHECK(seen.at("gim_storage_sessions") == 2);
    CHECK(seen.at("gim_storage_rooms") == 1);
    CHECK(seen.at("gim_storage_users") == 2);
    CHECK(seen.at("gim_rooms_active") == 1);
    // This server pushes each message of a room by itself, at once.
    CHECK(seen.at("gim_batch_messages_count") == 3);
    CHECK(seen.at("gim_batch_messages_sum") == 3);
    CHECK(seen.at("gim_push_lateness_seconds_count") == 3);
    for (auto* d : {&ann, &bob, &bob_again}) {
        s.logout(*d);
    }
    CHECK(s.when("gim_users_online", 0) == 0);
    CHECK(s.when("gim_rooms_active", 0) == 0);
    CHECK(s.scrape().at("gim_storage_users") == 2);
}

TEST_CASE("what the doors add is asked of each worker on its own thread") {
    metrics::collector_options o;
    o.version = "1.2.3";
    worker::worker_pool* pool = nullptr;
    std::atomic<int> on_wrong_thread = 0;
    o.add_common = [](metrics::gauges& now) { now.gateway_connections = 5; };
    o.add_worker = [&](std::size_t w, metrics::gauges& now) {
        on_wrong_thread += pool->at(w).is_current() ? 0 : 1;
        now.pending_bytes += 100;
    };
    scraped_server s(o);
    pool = &s.pool;
    const auto seen = s.scrape(1);
    CHECK(on_wrong_thread == 0);
    CHECK(seen.at("gim_connections{door=\"gateway\"}") == 5);
    CHECK(seen.at("gim_outbox_pending_bytes") == 300);
    CHECK(seen.at("gim_build_info{version=\"1.2.3\"}") == 1);
    CHECK(seen.at("process_resident_memory_bytes") > 0);
}

TEST_CASE("what the workers observed is added up, but for the lag of each") {
    scraped_server s;
    for (std::size_t w = 0; w < 3; ++w) {
        test::call_on(s.pool.at(w), [&] {
            auto& counters = s.pool.at(w).counters();
            counters.observe(stats::distribution::request_send, std::chrono::seconds(w + 1));
            counters.observe(stats::distribution::worker_lag, std::chrono::seconds(w + 1));
        });
    }
    const auto seen = s.scrape();
    CHECK(seen.at("gim_request_duration_seconds_count{op=\"send\"}") == 3);
    CHECK(seen.at("gim_request_duration_seconds_sum{op=\"send\"}") == 6);
    CHECK(seen.at("gim_request_duration_seconds_bucket{op=\"send\",le=\"1\"}") == 1);
    CHECK(seen.at("gim_request_duration_seconds_count{op=\"login\"}") == 0);
    CHECK(seen.at("gim_worker_loop_lag_seconds_sum{worker=\"2\"}") == 3);
}
