#include "push/local_audience.hpp"

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using gim::protocol::wire_form;
using gim::push::connection_id;
using gim::push::form_set;
using gim::push::local_audience;
using gim::push::packet_forms;
using gim::test::written_outbox;

namespace {

form_set forms(std::initializer_list<wire_form> list) {
    form_set set;
    for (const auto f : list) {
        set.add(f);
    }
    return set;
}

// A packet in all forms, with other bytes in each.
packet_forms packet(
    const std::string& text,
    form_set in = forms({wire_form::json_text, wire_form::json_object, wire_form::protobuf})
) {
    packet_forms out;
    for (const auto form : gim::protocol::all_wire_forms) {
        if (in.has(form)) {
            const auto n = static_cast<std::size_t>(form);
            std::string room(gim::protocol::websocket_frame::header_room, ' ');
            out[n] = std::make_shared<const gim::protocol::websocket_frame>(
                gim::protocol::websocket_frame::seal(
                    gim::protocol::kind_of(form), room + text + std::to_string(n)
                )
            );
        }
    }
    return out;
}

std::string bytes_of(const packet_forms& p, wire_form form) {
    return std::string(p[static_cast<std::size_t>(form)]->bytes());
}

struct fixture {
    gim::push::flush_list list{{}, [] {}};
    std::vector<std::pair<std::string, form_set>> changes;
    local_audience audience{
        [this](const std::string& room, form_set f) { changes.emplace_back(room, f); }};
    std::map<connection_id, std::unique_ptr<written_outbox>> boxes;

    void attach(connection_id id, wire_form form) {
        auto& box = boxes[id];
        if (!box) {
            box = std::make_unique<written_outbox>(list);
        }
        audience.attach(id, box->box, form);
    }
    std::string read(connection_id id) {
        auto& o = *boxes.at(id);
        o.written.clear();
        o.flush();
        return o.written;
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a packet to a room reaches its members, each in its form, once") {
    attach(1, wire_form::json_text);
    attach(2, wire_form::protobuf);
    attach(3, wire_form::json_object);
    attach(4, wire_form::json_text);
    for (connection_id id = 1; id <= 3; ++id) {
        audience.subscribe(id, "1:lobby");
        audience.subscribe(id, "1:lobby");
    }
    audience.subscribe(4, "1:other");
    const auto p = packet("hello");
    audience.fan_out("1:lobby", p);
    CHECK(read(1) == bytes_of(p, wire_form::json_text));
    CHECK(read(2) == bytes_of(p, wire_form::protobuf));
    CHECK(read(3) == bytes_of(p, wire_form::json_object));
    CHECK(read(4).empty());
    audience.fan_out("1:nobody", p);
}

TEST_CASE_FIXTURE(fixture, "a packet for one connection reaches that one only") {
    attach(1, wire_form::json_object);
    attach(2, wire_form::json_object);
    const auto p = packet("psst");
    audience.deliver(1, p);
    audience.deliver(99, p);
    CHECK(read(1) == bytes_of(p, wire_form::json_object));
    CHECK(read(2).empty());
    audience.detach(1);
    audience.deliver(1, p);
    CHECK(read(1).empty());
}

TEST_CASE_FIXTURE(fixture, "a packet that lacks a form passes over those who read it") {
    attach(1, wire_form::json_text);
    attach(2, wire_form::protobuf);
    audience.subscribe(1, "r");
    audience.subscribe(2, "r");
    const auto p = packet("x", forms({wire_form::protobuf}));
    audience.fan_out("r", p);
    audience.deliver(1, p);
    CHECK(read(1).empty());
    CHECK(read(2) == bytes_of(p, wire_form::protobuf));
}

TEST_CASE_FIXTURE(fixture, "forms are told when the first reader comes and the last one goes") {
    attach(1, wire_form::json_text);
    attach(2, wire_form::json_text);
    attach(3, wire_form::protobuf);
    const auto told = [&](std::vector<std::pair<std::string, form_set>> expected) {
        const bool same = changes == expected;
        changes.clear();
        return same;
    };
    audience.subscribe(1, "r");
    CHECK(told({{"r", forms({wire_form::json_text})}}));
    audience.subscribe(2, "r");
    CHECK(told({}));
    audience.subscribe(3, "r");
    CHECK(told({{"r", forms({wire_form::json_text, wire_form::protobuf})}}));
    audience.unsubscribe(1, "r");
    audience.unsubscribe(1, "r");
    CHECK(told({}));
    audience.detach(2);
    CHECK(told({{"r", forms({wire_form::protobuf})}}));
    audience.unsubscribe(3, "r");
    CHECK(told({{"r", {}}}));
    audience.detach(3);
    CHECK(told({}));
}

TEST_CASE_FIXTURE(fixture, "whoever is not attached is not subscribed") {
    audience.subscribe(1, "r");
    audience.unsubscribe(1, "r");
    audience.detach(1);
    CHECK(changes.empty());
}

TEST_CASE_FIXTURE(fixture, "attaching again changes the form and leaves the rooms") {
    attach(1, wire_form::json_text);
    audience.subscribe(1, "r");
    attach(1, wire_form::protobuf);
    const auto p = packet("x");
    audience.fan_out("r", p);
    CHECK(read(1).empty());
    audience.subscribe(1, "r");
    audience.fan_out("r", p);
    CHECK(read(1) == bytes_of(p, wire_form::protobuf));
    CHECK(changes.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "in any order of calls it does what a simple model does") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::map<connection_id, wire_form> attached;
    std::map<std::string, std::set<connection_id>> members;
    std::map<std::string, form_set> told;
    const auto model_forms = [&](const std::string& room) {
        form_set set;
        for (const auto id : members[room]) {
            set.add(attached.at(id));
        }
        return set;
    };
    for (int step = 0; step < 30'000; ++step) {
        const connection_id id = 1 + random() % 12;
        const auto room = std::string("room") + std::to_string(random() % 6);
        switch (random() % 8) {
            case 0: {
                const auto form = gim::protocol::all_wire_forms[random() % 3];
                attach(id, form);
                attached[id] = form;
                for (auto& [name, ids] : members) {
                    ids.erase(id);
                }
                break;
            }
            case 1:
                audience.detach(id);
                attached.erase(id);
                for (auto& [name, ids] : members) {
                    ids.erase(id);
                }
                break;
            case 2:
            case 3:
            case 4:
                audience.subscribe(id, room);
                if (attached.contains(id)) {
                    members[room].insert(id);
                }
                break;
            case 5:
                audience.unsubscribe(id, room);
                members[room].erase(id);
                break;
            case 6: {
                const auto p = packet(std::to_string(step));
                audience.fan_out(room, p);
                for (const auto& [one, box] : boxes) {
                    const bool is_member = members[room].contains(one);
                    REQUIRE(read(one) == (is_member ? bytes_of(p, attached.at(one)) : ""));
                }
                break;
            }
            default: {
                const auto p = packet(std::to_string(step));
                audience.deliver(id, p);
                for (const auto& [one, box] : boxes) {
                    const bool is_meant = one == id && attached.contains(one);
                    REQUIRE(read(one) == (is_meant ? bytes_of(p, attached.at(one)) : ""));
                }
            }
        }
        for (const auto& [name, set] : changes) {
            told[name] = set;
        }
        changes.clear();
        for (int r = 0; r < 6; ++r) {
            const auto name = std::string("room") + std::to_string(r);
            REQUIRE(told[name] == model_forms(name));
        }
    }
}
