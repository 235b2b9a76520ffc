#pragma once

#include "base/text_map.hpp"
#include "model/message.hpp"
#include "observe/trace/tracer.hpp"
#include "push/batch.hpp"
#include "push/flush_schedule.hpp"
#include "push/packet_forms.hpp"
#include "push/rate_meter.hpp"
#include "worker/alarm.hpp"
#include "worker/timing_wheel.hpp"

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gim::node {

class node;

// Pushes the messages of the rooms that are at home on one worker: gathers them in batches, encodes
// each packet once, and hands it to every worker on which a member is connected.
//
// Threads: its worker's.
class room_push {
public:
    // What is given is borrowed and must outlive it. `packer`: what compresses, if anything is.
    room_push(node& all, worker::worker& home, push::frame_packer* packer, trace::tracer& tracer);

    // The message was stored; it goes to the members with the room's next push. If this throws, it
    // does not.
    void
    add(const model::session_id& room, model::message_ptr m, const trace::note_ptr& note = nullptr);
    // What waits for the members of a room is dropped: the room is gone.
    void forget(const model::session_id& room);
    // What the members of a room who are connected to that worker read.
    void set_audience(const model::session_id& room, std::size_t worker, push::form_set forms);
    // Pushes everything that waits, without regard to intervals and limits: the server stops.
    void flush_all();

    // How many rooms it knows: none that is idle with nobody connected.
    std::size_t rooms() const noexcept { return rooms_.size(); }

    // Those with somebody connected.
    void visit_received(const std::function<void(const model::session_id& room)>& f) const;

    // What is known of one since somebody connected to it or sent to it.
    struct room_figures {
        std::string_view id;  // valid until the next change
        std::size_t pending = 0;
        std::uint64_t messages = 0;
        std::uint64_t skipped = 0;  // messages that no member was pushed
        double rate = 0;            // messages a second
    };
    // To look at all of them a few at a time: each is in one of so many places, until that changes.
    std::size_t places() const noexcept { return rooms_.bucket_count(); }
    // REQUIRES: begin <= end <= places().
    void visit(
        std::size_t begin,
        std::size_t end,
        push::batch::clock::time_point now,
        const std::function<void(const room_figures&)>& f
    ) const;

private:
    struct room {
        // Shared with every worker to which a packet is on its way.
        const std::shared_ptr<const model::session_id> session;
        push::batch pending;
        std::vector<push::form_set> audience;  // by worker
        bool is_watched = false;               // a shared store tells its messages
        bool is_scheduled = false;
        bool is_at_gate = false;
        push::rate_meter rate = {};
        std::uint64_t messages = 0;
        std::uint64_t skipped = 0;

        bool has_audience() const;
    };

    room& room_of(const model::session_id& id);  // made if it is absent
    // Destroys it if nobody is connected and nothing waits. REQUIRES: the caller is done with it.
    void release(room& r);
    void watch_or_not(room& r);
    void drop_pending(room& r, std::string_view why);
    void schedule(room& r);
    void flush_due();
    // Of memory, say: what waits in that room is looked at again later.
    void failed(const model::session_id& id, const std::exception& why);
    void schedule_all();
    void flush(room& r);  // through the gate, if there is one
    // Pushes what is due. `done` is destroyed when every worker has the packets.
    void push_due(room& r, const std::shared_ptr<void>& done);
    void push_packet(room& r, const std::shared_ptr<void>& done);
    void wait_for_memory(room& r);

    node& all_;
    worker::worker& home_;
    push::frame_packer* const packer_;
    trace::tracer& tracer_;
    // Those with somebody connected, and those with something that waits.
    base::text_map<std::unique_ptr<room>> rooms_;
    push::flush_schedule<room> schedule_;
    worker::alarm alarm_;
    worker::timeout retry_;
    bool is_flushing_ = false;
};

}  // namespace gim::node
