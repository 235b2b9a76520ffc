#pragma once

#include "base/text_map.hpp"
#include "push/outbox.hpp"
#include "push/packet_forms.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gim::push {

// Unique in the process, never used again.
using connection_id = std::uint64_t;

// The logged-in connections of one worker and the rooms that each receives: the last step of a
// fan-out.
//
// Threads: one worker's.
class local_audience {
public:
    // `changed` hears which forms the members of a room here read, whenever that changes;
    // empty when the last one left.
    using forms_changed = std::function<void(const std::string& room, form_set forms)>;

    // Hears that more or fewer connections receive a room here than before: once, and again when
    // they have been counted.
    using count_changed = std::function<void(const std::string& room)>;

    // `packer` and `memory` are borrowed, and must outlive the audience. Null: nobody is sent what
    // is compressed; what is encoded here is counted nowhere.
    explicit local_audience(
        forms_changed changed,
        frame_packer* packer = nullptr,
        count_changed counted = {},
        worker::memory_budget* memory = nullptr
    )
        : changed_(std::move(changed)),
          packer_(packer),
          memory_(memory),
          count_changed_(std::move(counted)) {}
    local_audience(const local_audience&) = delete;
    local_audience& operator=(const local_audience&) = delete;

    // `box` is borrowed until detach(). Attaching again moves the connection to another form and
    // out of its rooms.
    void attach(connection_id id, outbox& box, push_form form);
    void detach(connection_id id);

    // Both do nothing for a connection that is not here any more, or for a room it is in (not in)
    // already.
    void subscribe(connection_id id, std::string_view room);
    void unsubscribe(connection_id id, std::string_view room);

    // Queues one frame for one connection; false if it is gone.
    bool deliver(connection_id id, const packet_forms& packet);

    // How many members a packet was queued for, and how many were passed over.
    struct reach {
        std::size_t reached = 0;
        std::size_t passed_over = 0;
    };
    // Queues one frame a member. Allocates one frame a form, and nothing a member but what its
    // outbox grows by.
    //
    // With `skippable`, of which `packet` was made, members that are behind are passed over, and
    // the next packet that they get tells how many messages they missed; it is encoded for them.
    reach fan_out(
        std::string_view room,
        const packet_forms& packet,
        const model::packet* skippable = nullptr
    );

    // Null if the connection is not here.
    outbox* box_of(connection_id id) const;
    struct place {
        outbox* box;
        std::uint64_t skipped;  // messages since the last packet that it got
    };
    // Empty if the connection does not receive that room here.
    std::optional<place> find(connection_id id, std::string_view room) const;

    // What there is of a room here.
    struct attendance {
        std::size_t connections = 0;
        std::uint64_t passed_over = 0;  // packets that one of them did not get
    };
    attendance attendance_of(std::string_view room) const;
    // How many connections receive a room here. That this has changed is told again from now on.
    std::size_t count(std::string_view room);
    // How many rooms a connection receives.
    std::size_t rooms_of(connection_id id) const;
    // Which they are.
    std::vector<std::string> rooms_received(connection_id id) const;
    // Who receives a room here. Looks at every connection: for what happens seldom.
    std::vector<connection_id> connections_in(std::string_view room) const;

private:
    struct subscription;
    struct member {
        outbox* box;
        subscription* place;        // knows this member's index
        std::uint64_t skipped = 0;  // messages since the last packet that it got
    };
    struct room {
        std::string id;
        std::array<std::vector<member>, push_form_count> by_form;
        std::uint64_t passed_over = 0;  // packets that a member did not get
        bool is_change_told = false;    // and nobody has counted since

        form_set forms() const noexcept;
        std::size_t connections() const noexcept;
    };
    struct subscription {
        room* of;
        std::size_t index;
    };
    struct connection {
        outbox* box;
        push_form form;
        std::vector<std::unique_ptr<subscription>> rooms;
    };

    void leave(const connection& c, const subscription& s);
    void tell_count(room& r);
    static void prefetch_ahead(const std::vector<member>& members, std::size_t i) noexcept;
    std::size_t fan_out_skipping(
        std::vector<member>& members,
        push_form form,
        const frame_ptr& f,
        const model::packet& p
    );

    const forms_changed changed_;
    frame_packer* const packer_;
    worker::memory_budget* const memory_;
    const count_changed count_changed_;  // may be empty
    std::unordered_map<connection_id, connection> connections_;
    base::text_map<std::unique_ptr<room>> rooms_;
};

}  // namespace gim::push
