#pragma once

#include "push/push_form.hpp"
#include "websocket/websocket_frame.hpp"
#include "worker/memory_budget.hpp"

#include <array>
#include <cstdint>

namespace gim::push {

class frame_packer;

// A set of the forms that connections are pushed.
class form_set {
public:
    void add(push_form f) noexcept { bits_ |= bit(f); }
    void add(form_set other) noexcept { bits_ |= other.bits_; }
    void remove(push_form f) noexcept { bits_ &= static_cast<std::uint8_t>(~bit(f)); }
    bool has(push_form f) const noexcept { return (bits_ & bit(f)) != 0; }
    bool is_empty() const noexcept { return bits_ == 0; }

    friend bool operator==(form_set, form_set) = default;

private:
    static std::uint8_t bit(push_form f) noexcept {
        return static_cast<std::uint8_t>(1U << index_of(f));
    }
    std::uint8_t bits_ = 0;
};
static_assert(push_form_count <= 8);

// One packet, encoded once for every form that somebody reads, and compressed once; null for the
// others. Where compressing is of no use the frame is the plain one.
using packet_forms = std::array<websocket::shared_websocket_frame, push_form_count>;

// `packer`: what compresses; null: nothing is. Each run of bytes counts in `memory` once, as long
// as anybody holds it; null: nowhere.
websocket::shared_websocket_frame encode_form(
    const model::packet& p,
    push_form form,
    frame_packer* packer = nullptr,
    worker::memory_budget* memory = nullptr
);
packet_forms encode_forms(
    const model::packet& p,
    form_set forms,
    frame_packer* packer = nullptr,
    worker::memory_budget* memory = nullptr
);

}  // namespace gim::push
