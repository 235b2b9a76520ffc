#pragma once

#include "base/text_map.hpp"
#include "model/error.hpp"
#include "observe/stats/log_fields.hpp"
#include "observe/trace/delivery_watch.hpp"
#include "observe/trace/note.hpp"
#include "observe/trace/recorder.hpp"
#include "observe/trace/traced_packet.hpp"
#include "push/local_audience.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gim::stats {
class counters;
}

namespace gim::trace {

// What one worker knows of who is traced, and how it tells the steps of their messages.
//
// Problem: nearly always nobody is traced, and then it must cost nothing. So whoever has a step to
// tell asks is_on() first, which is a look at the worker's own memory; the rest is only reached
// while somebody is traced.
//
// Threads: one worker's.
class tracer {
public:
    // Both are borrowed.
    tracer(recorder& steps, std::size_t worker, stats::counters& counters)
        : steps_(steps), worker_(worker), counters_(counters) {}
    tracer(const tracer&) = delete;
    tracer& operator=(const tracer&) = delete;

    bool is_on() const noexcept { return is_on_; }
    bool is_traced(std::string_view user) const { return users_.contains(user); }
    void start(std::string_view user);
    void stop(std::string_view user, push::local_audience& audience);

    // --- steps of what a user sends

    struct arrival {
        std::string_view user;
        push::connection_id connection = 0;  // 0: over HTTP
        std::string_view trace;              // the value of --trace-header; empty: none
        std::uint32_t op = 0;                // 0: over HTTP, or it does not decode
        std::size_t bytes = 0;
        clock::time_point at;
    };
    // Null if the user is not traced.
    note_ptr received(const arrival& a);
    // `why` is what the client is told; empty: nothing went wrong.
    void answered(const note& n, const std::optional<model::error>& why);
    void stored(const note& n, std::string_view session, const model::message& m);
    // A copy of a send; it was answered as the first.
    void
    repeated(const note& n, std::string_view session, std::string_view id, std::uint64_t sequence);

    // It waits for its room's next push, which is due in `wait`.
    void batched(note_ptr n, std::string_view room, const model::message& m, clock::duration wait);
    // It waits no more, and nobody is pushed it. Nothing happens if it is not followed, or null.
    void dropped(std::string_view room, const model::message* m, std::string_view why);
    // Those messages of a room are on their way to the members on so many workers. 0: nobody is
    // connected.
    traced_packet_ptr flushed(const model::packet& p, std::size_t workers);
    // The same of a message to a user, who has so many connections.
    traced_packet_ptr
    pushed(const note_ptr& n, std::string_view to, const model::packet& p, std::size_t connections);

    // --- on the workers of the receivers

    // The packet was queued for its room's members here.
    void fanned_out(
        const traced_packet_ptr& p,
        push::local_audience::reach reach,
        const push::local_audience& audience
    );
    // The packet was queued for one connection.
    void delivered(
        const traced_packet_ptr& p,
        push::connection_id to,
        const push::local_audience& audience
    );

    // A connection of a user who may be traced; doing it twice is fine.
    void connected(std::string_view user, push::connection_id id, push::outbox& box);
    void disconnected(push::connection_id id);

    // What became of a packet for a traced user. `more` says why, or is empty.
    void receiver_step(
        std::string_view user,
        push::connection_id connection,
        const traced_packet& p,
        std::string_view step,
        std::string_view why
    ) noexcept;

private:
    struct watched {
        std::string user;
        push::connection_id connection;
        delivery_watch* watch;  // its outbox's
    };

    void tell(const note& n, std::string_view step, std::initializer_list<stats::log_field> more);
    // The same of a message; its session, sequence and id come first.
    void tell_of(
        const note& n,
        std::string_view step,
        std::string_view session,
        const model::message& m,
        std::initializer_list<stats::log_field> more = {}
    );
    void
    tell_fields(const note& n, std::string_view step, const std::vector<stats::log_field>& more);
    void record(std::string_view user, std::span<const stats::log_field> step) noexcept;
    void queued(const watched& w, const traced_packet_ptr& p, const push::outbox& box);

    recorder& steps_;
    const std::size_t worker_;
    stats::counters& counters_;
    bool is_on_ = false;
    base::text_map<bool> users_;
    // Of the messages that wait in rooms.
    std::unordered_map<const model::message*, note_ptr> waiting_;
    std::vector<watched> watched_;
};

}  // namespace gim::trace
