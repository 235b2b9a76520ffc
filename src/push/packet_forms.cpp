#include "push/packet_forms.hpp"

#include "dialects/gim/websocket_frames.hpp"
#include "push/frame_packer.hpp"

#include <memory>
#include <utility>

namespace gim::push {

using websocket::shared_websocket_frame;
using websocket::websocket_frame;

namespace {

struct counted_frame {
    websocket_frame frame;
    worker::memory_budget::share counted;
};

shared_websocket_frame share(websocket_frame f, worker::memory_budget* memory) {
    const auto whole = std::make_shared<counted_frame>(counted_frame{
        std::move(f), worker::memory_budget::share(memory)});
    whole->counted.resize(whole->frame.bytes().size() + sizeof(counted_frame));
    return {whole, &whole->frame};
}

}  // namespace

shared_websocket_frame encode_form(
    const model::packet& p,
    push_form form,
    frame_packer* packer,
    worker::memory_budget* memory
) {
    auto plain = native::packet_frame(form.wire, p);
    if (form.packed == packing::deflated && packer != nullptr) {
        if (auto shorter = packer->pack(plain)) {
            return share(*std::move(shorter), memory);
        }
    }
    return share(std::move(plain), memory);
}

packet_forms encode_forms(
    const model::packet& p,
    form_set forms,
    frame_packer* packer,
    worker::memory_budget* memory
) {
    packet_forms out;
    for (const auto wire : native::all_wire_forms) {
        const push_form plain(wire), deflated(wire, packing::deflated);
        const bool is_packed = forms.has(deflated);
        if (!is_packed && !forms.has(plain)) {
            continue;
        }
        auto encoded = native::packet_frame(wire, p);
        auto shorter = is_packed && packer != nullptr ? packer->pack(encoded) : std::nullopt;
        if (shorter) {
            out[index_of(deflated)] = share(*std::move(shorter), memory);
        }
        if (forms.has(plain) || !shorter) {
            const auto whole = share(std::move(encoded), memory);
            out[index_of(plain)] = forms.has(plain) ? whole : nullptr;
            if (is_packed && !shorter) {
                out[index_of(deflated)] = whole;
            }
        }
    }
    return out;
}

}  // namespace gim::push
