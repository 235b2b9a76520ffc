#pragma once

#include "protocol/websocket_frame.hpp"

#include <array>
#include <cstdint>

namespace gim::push {

// A set of wire forms.
class form_set {
public:
    void add(protocol::wire_form f) noexcept { bits_ |= bit(f); }
    void add(form_set other) noexcept { bits_ |= other.bits_; }
    void remove(protocol::wire_form f) noexcept { bits_ &= static_cast<std::uint8_t>(~bit(f)); }
    bool has(protocol::wire_form f) const noexcept { return (bits_ & bit(f)) != 0; }
    bool is_empty() const noexcept { return bits_ == 0; }

    friend bool operator==(form_set, form_set) = default;

private:
    static std::uint8_t bit(protocol::wire_form f) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(f));
    }
    std::uint8_t bits_ = 0;
};

// One packet, encoded once for every wire form that somebody reads; null for the others.
using packet_forms = std::array<protocol::shared_websocket_frame, protocol::wire_form_count>;

protocol::shared_websocket_frame encode_form(const protocol::packet& p, protocol::wire_form form);
packet_forms encode_forms(const protocol::packet& p, form_set forms);

}  // namespace gim::push
