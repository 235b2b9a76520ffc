#include "push/packet_forms.hpp"

#include <doctest/doctest.h>

using gim::protocol::wire_form;
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
    auto m = std::make_shared<gim::protocol::message>();
    m->content = "hello";
    const gim::protocol::packet p{gim::protocol::session_id::room("lobby"), "lobby", {m}, 0};
    form_set forms;
    forms.add(wire_form::json_object);
    forms.add(wire_form::protobuf);
    const auto encoded = encode_forms(p, forms);
    CHECK_FALSE(encoded[static_cast<std::size_t>(wire_form::json_text)]);
    for (const auto form : {wire_form::json_object, wire_form::protobuf}) {
        const auto& frame = encoded[static_cast<std::size_t>(form)];
        REQUIRE(frame);
        CHECK(frame->bytes() == gim::protocol::packet_frame(form, p).bytes());
    }
    for (const auto& frame : encode_forms(p, {})) {
        CHECK_FALSE(frame);
    }
}
