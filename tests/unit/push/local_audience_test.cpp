#include "push/local_audience.hpp"

#include "push/frame_packer.hpp"
#include "support/deflate.hpp"
#include "support/server_frames.hpp"
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

using gim::native::wire_form;
using gim::push::connection_id;
using gim::push::form_set;
using gim::push::local_audience;
using gim::push::packet_forms;
using gim::test::written_outbox;

namespace {

constexpr auto packed = gim::push::packing::deflated;

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
    for (const auto form : gim::native::all_wire_forms) {
        if (in.has(form)) {
            const auto n = static_cast<std::size_t>(form);
            std::string room(gim::websocket::websocket_frame::header_room, ' ');
            out[n] = std::make_shared<const gim::websocket::websocket_frame>(
                gim::websocket::websocket_frame::seal(
                    gim::native::kind_of(form), room + text + std::to_string(n)
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

    void attach(connection_id id, gim::push::push_form form) {
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
    CHECK(audience.fan_out("1:lobby", p).reached == 3);
    CHECK(read(1) == bytes_of(p, wire_form::json_text));
    CHECK(read(2) == bytes_of(p, wire_form::protobuf));
    CHECK(read(3) == bytes_of(p, wire_form::json_object));
    CHECK(read(4).empty());
    CHECK(audience.fan_out("1:nobody", p).reached == 0);
}

TEST_CASE_FIXTURE(fixture, "a packet for one connection reaches that one only") {
    attach(1, wire_form::json_object);
    attach(2, wire_form::json_object);
    const auto p = packet("psst");
    CHECK(audience.deliver(1, p));
    CHECK_FALSE(audience.deliver(99, p));
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

namespace {

// A room in latest mode: packets of one message each, which members that are behind skip.
struct skipping : fixture {
    skipping() {
        for (connection_id id = 1; id <= 3; ++id) {
            boxes[id] = std::make_unique<written_outbox>(
                list, gim::push::outbox_options{.soft_bytes = 1000}
            );
            audience.attach(id, boxes[id]->box, wire_form::json_object);
            audience.subscribe(id, "1:lobby");
        }
    }
    virtual ~skipping() = default;

    // Sends one packet to the room; gives how many members were passed over.
    std::size_t send(const std::string& content, std::uint64_t skipped = 0) {
        auto m = std::make_shared<gim::model::message>();
        m->content = content;
        const gim::model::packet p{
            gim::model::session_id::room("lobby"),
            "lobby",
            {m},
            skipped,
            gim::model::sequences::left_out};
        const auto reach = audience.fan_out(
            "1:lobby", gim::push::encode_forms(p, forms({wire_form::json_object})), &p
        );
        return reach.passed_over;
    }
    void stop_reading(connection_id id) {
        boxes.at(id)->box.push(gim::test::raw_frame(std::string(1000, 'x')));
    }
    static bool tells(const std::string& written, const std::string& content, int skipped) {
        return written.find("\"" + content + "\"") != std::string::npos &&
               written.find("\"skipped\":" + std::to_string(skipped) + "}") != std::string::npos;
    }
};

}  // namespace

TEST_CASE_FIXTURE(skipping, "who is behind is passed over, and told with the next packet") {
    CHECK(send("first") == 0);
    read(1);
    stop_reading(1);
    const auto before = boxes[1]->box.bytes();
    CHECK(send("second") == 1);
    CHECK(send("third", 7) == 1);  // the room had dropped 7 for everybody
    CHECK(boxes[1]->box.bytes() == before);
    read(1);
    CHECK(send("fourth", 2) == 0);
    CHECK(tells(read(1), "fourth", 1 + 8 + 2));
    CHECK(send("fifth") == 0);
    CHECK(tells(read(1), "fifth", 0));
    const auto healthy = read(2);
    for (const auto* content : {"first", "second", "third", "fourth", "fifth"}) {
        CHECK(healthy.find(content) != std::string::npos);
    }
    CHECK(healthy.find("\"skipped\":11") == std::string::npos);
}

TEST_CASE_FIXTURE(
    skipping,
    "who was passed over how often is known of a connection and of a room"
) {
    stop_reading(1);
    send("first");
    stop_reading(2);
    send("second");
    CHECK(boxes[1]->box.passed_over() == 2);
    CHECK(boxes[2]->box.passed_over() == 1);
    CHECK(boxes[3]->box.passed_over() == 0);
    CHECK(audience.attendance_of("1:lobby").passed_over == 3);
    CHECK(audience.attendance_of("1:lobby").connections == 3);
    audience.unsubscribe(1, "1:lobby");
    CHECK(audience.attendance_of("1:lobby").connections == 2);
    CHECK(audience.attendance_of("1:nowhere").connections == 0);
    CHECK(audience.rooms_of(1) == 0);
    CHECK(audience.rooms_of(2) == 1);
    CHECK(audience.rooms_of(99) == 0);
}

TEST_CASE_FIXTURE(skipping, "each is told its own number, and those with the same share a frame") {
    stop_reading(1);
    CHECK(send("a") == 1);
    stop_reading(2);
    stop_reading(3);
    CHECK(send("b") == 3);
    for (connection_id id = 1; id <= 3; ++id) {
        read(id);
    }
    CHECK(send("c") == 0);
    const auto address = [&](connection_id id) {
        iovec part{};
        boxes.at(id)->box.gather({&part, 1});
        return part.iov_base;
    };
    CHECK(address(2) == address(3));
    CHECK(address(1) != address(2));
    CHECK(tells(read(1), "c", 2));
    CHECK(tells(read(2), "c", 1));
    CHECK(tells(read(3), "c", 1));
}

TEST_CASE_FIXTURE(skipping, "what was missed is forgotten by who leaves, and kept when others do") {
    stop_reading(2);
    stop_reading(3);
    send("a");
    audience.unsubscribe(1, "1:lobby");  // moves a member to another place
    audience.unsubscribe(2, "1:lobby");
    audience.subscribe(2, "1:lobby");
    read(2);
    read(3);
    send("b");
    CHECK(tells(read(2), "b", 0));
    CHECK(tells(read(3), "b", 1));
}

TEST_CASE_FIXTURE(skipping, "packets that must not be skipped wait, and so do private ones") {
    stop_reading(1);
    const auto p = packet("numbered");
    audience.fan_out("1:lobby", p);
    audience.deliver(1, p);
    const auto bytes = bytes_of(p, wire_form::json_object);
    CHECK(read(1) == std::string(1000, 'x') + bytes + bytes);
}

TEST_CASE("who takes compressed packets gets those, and what tells how many were missed is one") {
    struct compressed : skipping {
        std::size_t saved = 0;
        int times = 0;
        gim::push::frame_packer packer{{}, [this](std::size_t bytes) {
                                           saved += bytes;
                                           ++times;
                                       }};
        local_audience room{[](const std::string&, form_set) {}, &packer};
    } f;
    for (connection_id id = 1; id <= 3; ++id) {
        f.room.attach(
            id,
            f.boxes[id]->box,
            {wire_form::json_object, id == 3 ? gim::push::packing::plain : packed}
        );
        f.room.subscribe(id, "1:lobby");
    }
    const auto send = [&](const std::string& content) {
        auto m = std::make_shared<gim::model::message>();
        m->content = content;
        const gim::model::packet p{gim::model::session_id::room("lobby"), "lobby", {m}, 0};
        form_set both = forms({wire_form::json_object});
        both.add({wire_form::json_object, packed});
        return f.room.fan_out("1:lobby", gim::push::encode_forms(p, both, &f.packer), &p)
            .passed_over;
    };
    const auto long_text = std::string(400, 'a');
    f.stop_reading(1);
    f.stop_reading(2);
    CHECK(send("missed") == 2);
    CHECK(f.times == 0);  // too short
    f.read(1);
    f.read(2);
    f.read(3);
    CHECK(send(long_text) == 0);
    CHECK(f.times == 2);  // for who got all before, and for those who did not
    CHECK(f.saved > 2 * 350);
    const auto plain = f.read(3);
    CHECK(skipping::tells(plain, long_text, 0));
    for (const connection_id id : {1U, 2U}) {
        auto bytes = f.read(id);
        const auto frame = gim::test::take_frame(bytes);
        REQUIRE(frame);
        CHECK(frame->flags == 0xc);  // FIN and RSV1
        CHECK(skipping::tells(gim::test::inflated(frame->payload), long_text, 1));
    }
    CHECK(send(long_text) == 0);
    CHECK(f.times == 3);
    CHECK(f.read(1) == f.read(2));
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

TEST_CASE("that others receive a room is told once, and again when they have been counted") {
    gim::push::flush_list list{{}, [] {}};
    std::vector<std::string> told;
    local_audience audience{
        [](const std::string&, form_set) {},
        nullptr,
        [&told](const std::string& room) { told.push_back(room); }};
    written_outbox box(list);
    for (connection_id id = 1; id <= 3; ++id) {
        audience.attach(id, box.box, wire_form::json_text);
        audience.subscribe(id, "1:lobby");
        audience.subscribe(id, "1:lobby");
    }
    audience.subscribe(3, "1:other");
    CHECK(told == std::vector<std::string>{"1:lobby", "1:other"});
    CHECK(audience.count("1:lobby") == 3);
    CHECK(audience.attendance_of("1:lobby").connections == 3);
    CHECK(told.size() == 2);
    audience.unsubscribe(1, "1:lobby");
    audience.detach(2);
    audience.unsubscribe(2, "1:lobby");
    CHECK(told == std::vector<std::string>{"1:lobby", "1:other", "1:lobby"});
    CHECK(audience.count("1:lobby") == 1);
    CHECK(audience.count("1:other") == 1);
    audience.detach(3);
    CHECK(told.size() == 5);
    CHECK(audience.count("1:lobby") == 0);
    CHECK(audience.count("1:nowhere") == 0);
    audience.attach(1, box.box, wire_form::json_text);
    audience.subscribe(1, "1:lobby");  // it was not counted, but had nobody
    CHECK(told.size() == 6);
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
                const auto form = gim::native::all_wire_forms[random() % 3];
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
