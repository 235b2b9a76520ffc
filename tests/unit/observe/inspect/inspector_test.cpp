#include "observe/inspect/inspector.hpp"

#include "observe/inspect/questions.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <string>
#include <unistd.h>
#include <vector>

using namespace gim;
using nlohmann::json;
using test::running_server;

namespace {

// The connections of one worker, which the test makes up.
class made_up_source final : public inspect::connection_source {
public:
    std::size_t size() const override { return connections.size(); }
    std::size_t places() const override { return connections.bucket_count(); }
    void visit(
        std::size_t begin,
        std::size_t end,
        clock::time_point,
        const std::function<void(const inspect::connection_figures&)>& f
    ) const override {
        for (auto place = begin; place < end; ++place) {
            for (auto it = connections.begin(place); it != connections.end(place); ++it) {
                f(it->second);
            }
        }
        if (after_a_visit) {
            after_a_visit();
        }
    }
    std::optional<inspect::connection_row> row(push::connection_id id, clock::time_point) override {
        inspect::connection_row r;
        const auto found = connections.find(id);
        if (found == connections.end()) {
            return std::nullopt;
        }
        r.figures = found->second;
        return r;
    }

    void add(push::connection_id id, std::uint64_t outbox_bytes) {
        connections[id].id = id;
        connections[id].outbox_bytes = outbox_bytes;
    }

    std::unordered_map<push::connection_id, inspect::connection_figures> connections;
    std::function<void()> after_a_visit;
};

struct inspected_server : running_server {
    explicit inspected_server(std::size_t workers = 3)
        : running_server(workers), sources(workers), looking(all, options()) {}
    ~inspected_server() { pool.stop(); }

    json connections(const inspect::connections_question& q, std::size_t asked_on = 0) {
        return asked([&] { return looking.connections(q); }, asked_on);
    }
    json rooms(const inspect::rooms_question& q = {}) {
        return asked([&] { return looking.rooms(q); });
    }
    json workers() {
        return asked([&] { return looking.workers(); });
    }

    std::vector<made_up_source> sources;

private:
    inspect::inspector_options options() {
        inspect::inspector_options o;
        o.version = "1.2.3";
        o.connections = [this](std::size_t w) -> inspect::connection_source& {
            wrong_threads += pool.at(w).is_current() ? 0 : 1;
            return sources[w];
        };
        o.add_worker = [this](std::size_t w, inspect::worker_row& row) {
            wrong_threads += pool.at(w).is_current() ? 0 : 1;
            row.pending_bytes = 100 + w;
        };
        return o;
    }
    template <class Ask>
    json asked(Ask ask, std::size_t on = 0) {
        auto& origin = pool.at(on);
        const auto text = test::run_on(origin, [&]() -> boost::asio::awaitable<std::string> {
            auto told = co_await ask();
            REQUIRE(origin.is_current());
            co_return told;
        });
        CHECK(wrong_threads == 0);
        return json::parse(text);
    }

public:
    std::atomic<int> wrong_threads = 0;
    inspect::inspector looking;
};

std::vector<int> ids(const json& told) {
    std::vector<int> all;
    for (const auto& item : told["items"]) {
        all.push_back(item["id"]);
    }
    return all;
}

inspect::rooms_question rooms_by(std::string_view name) {
    for (const auto& o : inspect::room_orders) {
        if (o.name == name) {
            return {&o};
        }
    }
    throw std::logic_error("no such order");
}

}  // namespace

TEST_CASE("the largest outboxes of all workers come first") {
    inspected_server s;
    for (unsigned i = 0; i < 30; ++i) {
        s.sources[i % 3].add(i, i < 10 ? 1000 - i : 0);
    }
    inspect::connections_question q;
    q.limit = 4;
    for (std::size_t w = 0; w < 3; ++w) {
        const auto told = s.connections(q, w);
        CHECK(told["total"] == 30);
        CHECK(ids(told) == std::vector{0, 1, 2, 3});
    }
    q.limit = 1000;
    CHECK(s.connections(q)["items"].size() == 30);
}

TEST_CASE("many connections are looked at in several turns, and all of them once") {
    inspected_server s(1);
    for (unsigned i = 1; i <= 10'000; ++i) {
        s.sources[0].add(i, i);
    }
    int turns = 0;
    s.sources[0].after_a_visit = [&turns] { ++turns; };
    inspect::connections_question q;
    q.limit = 3;
    CHECK(ids(s.connections(q)) == std::vector{10'000, 9'999, 9'998});
    CHECK(turns >= 5);
    q.limit = 1000;
    const auto seen = ids(s.connections(q));
    CHECK(seen.size() == 1000);
    CHECK(std::is_sorted(seen.rbegin(), seen.rend()));
}

TEST_CASE("it begins anew when the table grew meanwhile, and tells nobody twice") {
    inspected_server s(1);
    auto& source = s.sources[0];
    for (unsigned i = 1; i <= 5'000; ++i) {
        source.add(i, i);
    }
    int turns = 0;
    source.after_a_visit = [&] {
        if (++turns == 2) {
            for (unsigned i = 5'001; i <= 20'000; ++i) {
                source.add(i, i);
            }
        }
    };
    inspect::connections_question q;
    q.limit = 1000;
    const auto seen = ids(s.connections(q));
    REQUIRE(seen.size() == 1000);
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(seen[static_cast<std::size_t>(i)] == 20'000 - i);
    }
}

TEST_CASE("a connection that has ended meanwhile is left out") {
    inspected_server s(1);
    s.sources[0].add(1, 10);
    s.sources[0].add(2, 20);
    s.sources[0].after_a_visit = [&] { s.sources[0].connections.erase(2); };
    CHECK(ids(s.connections({})) == std::vector{1});
}

TEST_CASE("the connections of a user are found wherever they are, and nobody else's") {
    inspected_server s;
    for (int i = 0; i < 4; ++i) {
        auto& d = s.log_in(i < 3 ? "ann" : "bob");
        s.sources[d.home.index()].add(d.ref.id, 0);
        s.join(d, "lobby");
    }
    s.settle();
    inspect::connections_question q;
    q.user = "ann";
    const auto told = s.connections(q);
    CHECK(told["total"] == 3);
    CHECK(ids(told) == std::vector{1, 2, 3});
    CHECK(told["items"][0]["rooms"] == 1);
    q.user = "nobody";
    CHECK(s.connections(q)["items"].empty());
}

TEST_CASE("a room is told with its members, its messages and who hears them") {
    inspected_server s;
    auto& ann = s.log_in("ann");
    auto& bob = s.log_in("bob");
    for (auto* d : {&ann, &bob}) {
        REQUIRE(s.join(*d, "lobby"));
    }
    REQUIRE(s.join(ann, "alone"));
    for (int i = 0; i < 5; ++i) {
        REQUIRE(s.send_to_room(ann, "lobby", "x"));
    }
    s.logout(bob);
    s.settle();
    const auto told = s.rooms();
    CHECK(told["total"] == 2);
    REQUIRE(told["items"].size() == 2);
    const auto& lobby = told["items"][0];
    CHECK(lobby["id"] == "lobby");
    CHECK(lobby["members"] == 2);
    CHECK(lobby["connections"] == 1);
    CHECK(lobby["messages"] == 5);
    CHECK(lobby["rate"] == 0.5);
    CHECK(lobby["sequence"] == 5);
    CHECK(lobby["pending"] == 0);
    const auto& alone = told["items"][1];
    CHECK(alone["id"] == "alone");
    CHECK(alone["rate"] == 0);
    CHECK(alone["sequence"] == 0);
}

TEST_CASE("the rooms of all workers are told in the order that was asked for") {
    inspected_server s;
    for (int i = 0; i < 12; ++i) {
        auto& d = s.log_in("user-" + std::to_string(i));
        for (int r = 0; r <= i; ++r) {
            REQUIRE(s.join(d, "room-" + std::to_string(r)));
        }
    }
    s.settle();
    auto q = rooms_by("members");
    q.limit = 3;
    const auto told = s.rooms(q);
    CHECK(told["total"] == 12);
    REQUIRE(told["items"].size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(told["items"][i]["id"] == "room-" + std::to_string(i));
        CHECK(told["items"][i]["members"] == 12 - i);
        CHECK(told["items"][i]["connections"] == 12 - i);
    }
    CHECK(s.rooms(rooms_by("id"))["items"][1]["id"] == "room-1");
}

TEST_CASE("each worker is told with what it has and has done, and the process with all") {
    inspected_server s;
    auto& ann = s.log_in("ann");
    REQUIRE(s.join(ann, "lobby"));
    REQUIRE(s.send_to_room(ann, "lobby", "x"));
    s.settle();
    const auto told = s.workers();
    CHECK(told["version"] == "1.2.3");
    CHECK(told["process"] == ::getpid());
    CHECK(told["resident_bytes"] > 0);
    REQUIRE(told["items"].size() == 3);
    std::uint64_t users = 0;
    std::uint64_t messages = 0;
    std::uint64_t rooms = 0;
    for (std::size_t w = 0; w < 3; ++w) {
        const auto& one = told["items"][w];
        CHECK(one["worker"] == w);
        CHECK(one["thread"] > 0);
        CHECK(one["pending_bytes"] == 100 + w);
        users += one["users"].get<std::uint64_t>();
        rooms += one["rooms"].get<std::uint64_t>();
        messages += one["room_messages"].get<std::uint64_t>();
    }
    CHECK(users == 1);
    CHECK(rooms == 1);
    CHECK(messages == 1);
}
