#include "push/packet_forms.hpp"

#include "dialects/gim/websocket_frames.hpp"
#include "push/frame_packer.hpp"
#include "support/deflate.hpp"
#include "support/server_frames.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::native::wire_form;
using gim::push::encode_forms;
using gim::push::form_set;

TEST_CASE("a set of forms has what was added and not removed") {
    form_set set;
    CHECK(set.is_empty());
    set.add(wire_form::protobuf);
    set.add(wire_form::json_text);
    set.add(wire_form::json_text);
    CHECK(set.has(wire_form::json_text));
    CHECK_FALSE(set.has(wire_form::json_object));
    set.remove(wire_form::json_text);
    CHECK_FALSE(set.has(wire_form::json_text));
    form_set other;
    other.add(wire_form::json_object);
    other.add(set);
    CHECK(other.has(wire_form::protobuf));
    CHECK(other != set);
    set.add(wire_form::json_object);
    CHECK(other == set);
}

TEST_CASE("a packet is encoded in the forms asked for and in no other") {
    auto m = std::make_shared<gim::model::message>();
    m->content = "hello";
    const gim::model::packet p{gim::model::session_id::room("lobby"), "lobby", {m}, 0};
    form_set forms;
    forms.add(wire_form::json_object);
    forms.add(wire_form::protobuf);
    const auto encoded = encode_forms(p, forms);
    CHECK_FALSE(encoded[static_cast<std::size_t>(wire_form::json_text)]);
    for (const auto form : {wire_form::json_object, wire_form::protobuf}) {
        const auto& frame = encoded[static_cast<std::size_t>(form)];
        REQUIRE(frame);
        CHECK(frame->bytes() == gim::native::packet_frame(form, p).bytes());
    }
    for (const auto& frame : encode_forms(p, {})) {
        CHECK_FALSE(frame);
    }
}

namespace {

constexpr auto deflated = gim::push::packing::deflated;

gim::model::packet packet_of(std::size_t bytes) {
    auto m = std::make_shared<gim::model::message>();
    m->content = std::string(bytes, 'x');
    return {gim::model::session_id::room("lobby"), "lobby", {m}, 0};
}

form_set every_form() {
    form_set all;
    for (const auto form : gim::push::all_push_forms) {
        all.add(form);
    }
    return all;
}

}  // namespace

TEST_CASE("every form has an index of its own, the plain ones those of their wire forms") {
    std::size_t n = 0;
    for (const auto form : gim::push::all_push_forms) {
        CHECK(gim::push::index_of(form) == n++);
    }
    CHECK(n == gim::push::push_form_count);
    form_set set;
    set.add({wire_form::json_text, deflated});
    CHECK_FALSE(set.has(wire_form::json_text));
    CHECK(set.has({wire_form::json_text, deflated}));
}

TEST_CASE("a packet is compressed once a wire form, to what says the same") {
    int times = 0;
    std::size_t saved = 0;
    gim::push::frame_packer packer({}, [&](std::size_t bytes) {
        ++times;
        saved += bytes;
    });
    const auto p = packet_of(2000);
    const auto encoded = encode_forms(p, every_form(), &packer);
    CHECK(times == 3);
    std::size_t difference = 0;
    for (const auto wire : gim::native::all_wire_forms) {
        const auto& plain = encoded[gim::push::index_of(wire)];
        const auto& packed = encoded[gim::push::index_of({wire, deflated})];
        REQUIRE(plain);
        REQUIRE(packed);
        CHECK(plain->bytes() == gim::native::packet_frame(wire, p).bytes());
        difference += plain->bytes().size() - packed->bytes().size();
        std::string bytes(packed->bytes());
        const auto frame = gim::test::take_frame(bytes);
        REQUIRE(frame);
        CHECK(bytes.empty());
        CHECK(frame->flags == 0xc);  // FIN and RSV1
        CHECK(frame->opcode == (wire == wire_form::protobuf ? 2 : 1));
        CHECK(gim::test::inflated(frame->payload) == plain->payload());
    }
    CHECK(saved == difference);

    form_set one;
    one.add({wire_form::protobuf, deflated});
    const auto alone = encode_forms(p, one, &packer);
    CHECK(times == 4);
    for (const auto form : gim::push::all_push_forms) {
        CHECK(static_cast<bool>(alone[gim::push::index_of(form)]) == one.has(form));
    }
}

TEST_CASE("what is short, and what would not become shorter, is the plain frame itself") {
    gim::push::frame_packer packer({.threshold = 500}, [](std::size_t) {});
    const auto is_plain = [&](const gim::push::packet_forms& encoded, wire_form wire) {
        return encoded[gim::push::index_of({wire, deflated})] == encoded[gim::push::index_of(wire)];
    };
    CHECK(is_plain(encode_forms(packet_of(100), every_form(), &packer), wire_form::json_object));
    CHECK_FALSE(
        is_plain(encode_forms(packet_of(600), every_form(), &packer), wire_form::json_object)
    );
    // Nobody compresses, though somebody would read it.
    CHECK(is_plain(encode_forms(packet_of(600), every_form()), wire_form::json_object));

    auto p = packet_of(0);
    std::string noise;
    for (unsigned n = 12345; noise.size() < 2000; n = n * 1664525 + 1013904223) {
        noise += static_cast<char>(n >> 24);
    }
    auto m = std::make_shared<gim::model::message>();
    m->content = noise;
    p.items = {m};
    CHECK(is_plain(encode_forms(p, every_form(), &packer), wire_form::protobuf));
}
