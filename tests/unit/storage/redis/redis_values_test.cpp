// What somebody else wrote into Redis, in each key and channel that is read.

#include "storage/redis/redis_values.hpp"

#include "observe/stats/event.hpp"
#include "support/show_result.hpp"
#include "unit/storage/redis/two_nodes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace gim;
using namespace std::string_literals;
using gim::test::call_on;
using gim::test::run_on;
using gim::test::two_nodes;
using gim::test::unwrap;

namespace {

using texts = std::vector<std::string>;

const auto no_id = "\xff\0"s;

struct foreign_values : two_nodes {
    storage::redis_store& store() { return here->store(); }
    template <class Make>
    auto on(Make make) {
        return unwrap(run_on(here->home(), make));
    }
    // How many values were left out since the last time.
    std::uint64_t left_out() {
        const auto all = workers.count(stats::event::redis_value_left_out);
        const auto more = all - before_;
        before_ = all;
        return more;
    }
    void add_to_set(const std::string& key, const texts& members) {
        for (const auto& each : members) {
            redis("ZADD", key, "0", each);
        }
    }

private:
    std::uint64_t before_ = 0;
};

texts ids_of(const std::vector<storage::room_record>& rooms) {
    texts ids;
    for (const auto& room : rooms) {
        ids.push_back(room.id);
    }
    return ids;
}

}  // namespace

TEST_CASE_FIXTURE(foreign_values, "a name in the list of all rooms that is no id is left out") {
    for (const auto* room : {"a", "m", "z"}) {
        on([&] { return store().create_room(room); });
    }
    add_to_set("gim:{all}:rooms", {no_id, "", "b c", std::string(65, 'x'), "1:den", "ü"});
    CHECK(ids_of(on([&] { return store().rooms("", 300); })) == texts{"a", "m", "z"});
    CHECK(left_out() == 6);
    // Page by page as well, though a page may have nothing but those.
    CHECK(ids_of(on([&] { return store().rooms("", 1); })) == texts{"a"});
    CHECK(ids_of(on([&] { return store().rooms("a", 1); })) == texts{"m"});
    CHECK(ids_of(on([&] { return store().rooms("m", 2); })) == texts{"z"});
}

TEST_CASE_FIXTURE(foreign_values, "a member that is no id is left out, also where a page ends") {
    for (const auto* user : {"ann", "bob", "zoe"}) {
        on([&] { return store().add_member("den", user); });
    }
    add_to_set("gim:{1:den}:members", {"ann b", "ann c", "ann d", no_id});
    const auto first = on([&] { return store().members("den", "", 2); });
    CHECK(first.ids == texts{"ann", "bob"});
    CHECK(first.has_more);
    const auto second = on([&] { return store().members("den", "bob", 2); });
    CHECK(second.ids == texts{"zoe"});
    CHECK_FALSE(second.has_more);
    CHECK(left_out() > 0);
    CHECK(*on([&] { return store().remove_room("den"); }) == texts{"ann", "bob", "zoe"});
}

TEST_CASE_FIXTURE(foreign_values, "what a user's lists have that is not of the user is left out") {
    on([&] { return store().add_room_of("ann", "den", 1000); });
    redis("HSET", "gim:{u:ann}:rooms", no_id, "1", "hall", "soon", "bar", "-5");
    const auto rooms = on([&] { return store().rooms_of("ann"); });
    const std::vector<std::pair<std::string, std::int64_t>> expected{
        {"bar", 0}, {"den", 1000}, {"hall", 0}};
    CHECK(rooms == expected);
    CHECK(left_out() == 3);

    here->send("ann", "bob", "hi");
    add_to_set("gim:{u:ann}:private", {"1:den", "2:bob:cleo", "2:bob:ann", no_id, "x"});
    redis("ZADD", "gim:{u:ann}:private", "1.5", "2:ann:cleo");
    redis("ZADD", "gim:{u:ann}:private", "+inf", "2:ann:dan");
    const std::optional<storage::session_cursor> newest;
    const auto sessions = on([&] { return store().private_sessions("ann", newest, 300); });
    REQUIRE(sessions.size() == 1);
    CHECK(sessions.front().session.text() == "2:ann:bob");
    CHECK(left_out() == 7);

    add_to_set("gim:{u:ann}:touches", {"1:den 5", "2:bob:cleo 1", "2:ann:bob 0", "2:ann:bob x"});
    const auto touches = on([&] { return store().touches_behind("ann", 0); });
    CHECK(touches.items.size() == 1);

    redis("SET", "gim:{u:ann}:name", "\xc3(");
    CHECK(on([&] { return store().find_user("ann"); })->name == "ann");
    redis("SET", "gim:{u:ann}:name", std::string(1000, 'n'));
    CHECK(on([&] { return store().find_user("ann"); })->name == "ann");
}

TEST_CASE_FIXTURE(foreign_values, "a message that is none is left out of the history") {
    const auto den = model::session_id::room("den");
    here->append("den", "one");
    here->append("den", "two");
    const std::string key = "gim:{1:den}:messages";
    redis("ZADD", key, "3", "3 1000 id ann 0 3 4 Anntext\xff");   // no UTF-8
    redis("ZADD", key, "4", "1 1000 id ann 0 3 4 Anntextagain");  // the sequence of another
    redis("ZADD", key, "5", no_id);
    model::history_query upwards;
    upwards.after = 0;
    const auto page = on([&] { return store().history(den, upwards); });
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[1]->content == "two");
    CHECK(left_out() == 3);
    CHECK(on([&] { return store().last_message(den); }) == nullptr);
    redis("HSET", "gim:{1:den}:head", "e", no_id);
    CHECK(on([&] {
              return store().history(den, upwards);
          }).epoch == page.epoch.substr(0, page.epoch.find('-')));
}

TEST_CASE_FIXTURE(foreign_values, "a page of the history goes on behind what is none") {
    const auto den = model::session_id::room("den");
    const std::string key = "gim:{1:den}:messages";
    const auto add_wrong = [&](const std::string& score, int count) {
        for (int i = 0; i < count; ++i) {
            redis("ZADD", key, score, score + " wrong " + std::to_string(i));
        }
    };
    here->append("den", "one");
    here->append("den", "two");
    here->append("den", "three");
    add_wrong("-inf", 5);
    add_wrong("1", 400);  // before and behind a message of the same place
    add_wrong("2.5", 5);
    add_wrong("inf", 5);
    redis("ZADD", key, "inf", "");
    model::history_query query;
    query.limit = 2;
    const auto contents = [&] {
        texts out;
        const auto page = on([&] { return store().history(den, query); });
        for (const auto& m : page.items) {
            out.push_back(m->content);
        }
        out.emplace_back(page.has_more ? "..." : ".");
        return out;
    };
    CHECK(contents() == texts{"three", "two", "..."});
    query.before = 2;
    CHECK(contents() == texts{"one", "."});
    query.before = 1;
    CHECK(contents() == texts{"."});

    query.before.reset();
    query.after = 0;
    CHECK(contents() == texts{"one", "two", "..."});
    query.after = 2;
    CHECK(contents() == texts{"three", "."});

    // All were sent at 1000.
    query.after.reset();
    query.from = 1000;
    query.to = 1000;
    CHECK(contents() == texts{"three", "two", "..."});
    query.from = 1001;
    query.to = 2000;
    CHECK(contents() == texts{"."});
    query.from = 0;
    query.to = 999;
    CHECK(contents() == texts{"."});
}

TEST_CASE_FIXTURE(foreign_values, "an answer to a request that is none is no answer") {
    const auto den = model::session_id::room("den");
    const storage::request_mark request{"r1", 7};
    redis("SET", "gim:{1:den}:request:ann:r1", "7 " + no_id + " 1 1");
    CHECK_FALSE(on([&] { return store().find_request(den, "ann", request); }));
    CHECK(left_out() == 1);
}

TEST_CASE_FIXTURE(foreign_values, "what is published and is none of the known lines is not heard") {
    here->watch("den");
    here->watch_user("ann");
    for (const auto& line :
         {no_id, "1 1 id ann 0 0 0 \xff"s, "7 1 i:d ann 0 0 0 x"s, "0 1 id ann 0 0 0 x"s}) {
        redis("PUBLISH", "gim:{1:den}", line);
    }
    const auto record = " n 0 1 A 1 1000 id bob 0 3 4 Bobtexthi"s;
    for (const auto& line :
         {"message 1:den" + record,
          "message 2:bob:cleo" + record,
          "message 2:ann:bob n 0 1 \xff 1 1000 id bob 0 3 4 Bobtexthi"s,
          "touch 5 2:bob:cleo 1"s,
          "touch 5 2:ann:bob 0"s,
          "member " + no_id}) {
        redis("PUBLISH", "gim:{u:ann}", line);
    }
    here->append("den", "real");
    REQUIRE(here->next() == "1:den 1 real");
    here->send("bob", "ann", "real");
    REQUIRE(here->next() == "ann from BOB 2:ann:bob 1 real");
    CHECK(left_out() >= 9);
}

TEST_CASE_FIXTURE(foreign_values, "an epoch that is none is replaced, and not believed") {
    const auto den = model::session_id::room("den");
    here->append("den", "one");
    const model::history_query newest;
    const auto epoch = on([&] { return store().history(den, newest); }).epoch;
    redis("PUBLISH", "gim:{all}:epoch", no_id);
    here->watch("den");
    here->append("den", "two");
    REQUIRE(here->next() == "1:den 2 two");
    CHECK(on([&] { return store().history(den, newest); }).epoch == epoch);
    CHECK(left_out() >= 1);

    redis("SET", "gim:{all}:epoch", no_id);
    gim::test::redis_node late(workers.at(0), server, "late");
    const auto now = redis("GET", "gim:{all}:epoch");
    CHECK(storage::is_epoch(now));
}

TEST_CASE_FIXTURE(foreign_values, "counts below zero and nodes that are none are left out") {
    add_to_set("gim:{all}:nodes", {no_id, "odd"});
    redis("HSET", "gim:{node:odd}", "address", no_id, "connections", "-1", "rooms", "many");
    redis("HSET", "gim:{node:odd}:users", "ann", "-7");
    storage::presence& nodes = *store().nodes();
    const auto deadline = std::chrono::steady_clock::now() + gim::test::patience;
    const auto odd = [&] {
        return call_on(here->home(), [&]() -> std::vector<storage::node_record> {
            const auto known = nodes.others();
            if (!known) {
                return {};
            }
            return {known->begin(), known->end()};
        });
    };
    while (odd().empty()) {
        REQUIRE(std::chrono::steady_clock::now() < deadline);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const auto seen = odd();
    REQUIRE(seen.size() == 1);
    CHECK(seen.front().id == "odd");
    CHECK(seen.front().address.empty());
    CHECK(seen.front().connections == 0);
    CHECK(seen.front().rooms == 0);
    const auto counts =
        on([&] { return nodes.elsewhere(storage::counted_by::user, texts{"ann"}); });
    CHECK(counts.front() == 0);
    CHECK(left_out() >= 4);
}
