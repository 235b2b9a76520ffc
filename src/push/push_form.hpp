#pragma once

#include "dialects/gim/codec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gim::push {

// Whether a connection takes compressed messages (permessage-deflate, RFC 7692).
enum class packing : std::uint8_t { plain, deflated };
inline constexpr std::size_t packing_count = 2;

// What a connection is pushed: a wire form, packed or not.
struct push_form {
    // Plain, if nothing else is said.
    constexpr push_form(native::wire_form w, packing p = packing::plain) noexcept
        : wire(w), packed(p) {}

    native::wire_form wire;
    packing packed;
};
inline constexpr std::size_t push_form_count = native::wire_form_count * packing_count;

// The plain ones first.
constexpr std::size_t index_of(push_form f) noexcept {
    return static_cast<std::size_t>(f.packed) * native::wire_form_count +
           static_cast<std::size_t>(f.wire);
}

inline constexpr std::array<push_form, push_form_count> all_push_forms{
    push_form{native::wire_form::json_text},
    push_form{native::wire_form::json_object},
    push_form{native::wire_form::protobuf},
    push_form{native::wire_form::json_text, packing::deflated},
    push_form{native::wire_form::json_object, packing::deflated},
    push_form{native::wire_form::protobuf, packing::deflated}};

}  // namespace gim::push
