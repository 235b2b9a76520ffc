#include "observe/trace/tracer.hpp"

#include "observe/stats/counters.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace gim::trace {

using stats::log_field;

namespace {

std::uint64_t microseconds(clock::duration d) {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::microseconds>(d).count(), 0)
    );
}

}  // namespace

void tracer::start(std::string_view user) {
    base::value_at(users_, user) = true;
    is_on_ = true;
}

void tracer::stop(std::string_view user, push::local_audience& audience) {
    if (const auto known = users_.find(user); known != users_.end()) {
        users_.erase(known);
    }
    is_on_ = !users_.empty();
    std::erase_if(waiting_, [&](const auto& w) { return w.second->user == user; });
    std::erase_if(watched_, [&](const watched& w) {
        if (w.user != user) {
            return false;
        }
        if (auto* const box = audience.box_of(w.connection)) {
            box->watch(nullptr);
        }
        return true;
    });
}

// What cannot be told, for want of memory, is not: what it tells of goes on.
void tracer::record(std::string_view user, std::span<const log_field> step) noexcept {
    try {
        const auto outcome = steps_.record(user, step, clock::now());
        if (outcome == recorder::outcome::held_back) {
            counters_.add(stats::event::trace_line_held_back);
        }
    } catch (const std::exception&) {
    }
}

void tracer::tell(const note& n, std::string_view step, std::initializer_list<log_field> more) {
    tell_fields(n, step, more);
}

void tracer::tell_of(
    const note& n,
    std::string_view step,
    std::string_view session,
    const model::message& m,
    std::initializer_list<log_field> more
) {
    std::vector<log_field> fields{
        {"session", session}, {"sequence", m.sequence}, {"message_id", m.id}};
    fields.insert(fields.end(), more.begin(), more.end());
    tell_fields(n, step, fields);
}

void tracer::tell_fields(const note& n, std::string_view step, const std::vector<log_field>& more) {
    std::vector<log_field> fields{{"step", step}, {"us", microseconds(clock::now() - n.received)}};
    if (n.connection != 0) {
        fields.push_back({"connection", n.connection});
    }
    fields.insert(fields.end(), more.begin(), more.end());
    fields.push_back({"trace", n.trace});
    record(n.user, fields);
}

note_ptr tracer::received(const arrival& a) {
    if (!is_traced(a.user)) {
        return nullptr;
    }
    auto n = std::make_shared<const note>(note{
        std::string(a.user), a.connection, std::string(a.trace), a.at});
    const std::uint64_t bytes = a.bytes;
    const std::uint64_t on = worker_;
    if (a.connection == 0) {
        tell(*n, "received", {{"door", "api"}, {"worker", on}, {"bytes", bytes}});
    } else {
        tell(*n, "received", {{"op", std::uint64_t{a.op}}, {"worker", on}, {"bytes", bytes}});
    }
    return n;
}

void tracer::answered(const note& n, const std::optional<model::error>& why) {
    const auto code = why ? static_cast<std::uint64_t>(why->code) : 0;
    const auto text = why ? std::string_view(why->message) : std::string_view();
    tell(n, "answered", {{"code", code}, {"error", text}});
}

void tracer::stored(const note& n, std::string_view session, const model::message& m) {
    tell_of(n, "stored", session, m);
}

void tracer::repeated(
    const note& n,
    std::string_view session,
    std::string_view id,
    std::uint64_t sequence
) {
    tell(n, "repeated", {{"session", session}, {"sequence", sequence}, {"message_id", id}});
}

void tracer::batched(
    note_ptr n,
    std::string_view room,
    const model::message& m,
    clock::duration wait
) {
    if (!n || !is_traced(n->user)) {
        return;
    }
    tell_of(*n, "batched", room, m, {{"due_us", microseconds(wait)}});
    waiting_.emplace(&m, std::move(n));
}

void tracer::dropped(std::string_view room, const model::message* m, std::string_view why) {
    const auto found = waiting_.find(m);
    if (found == waiting_.end()) {
        return;
    }
    tell_of(*found->second, "skipped", room, *m, {{"why", why}});
    waiting_.erase(found);
}

traced_packet_ptr tracer::flushed(const model::packet& p, std::size_t workers) {
    traced_packet out{p.session.text(), p.items.size(), p.skipped, nullptr, clock::now(), {}};
    for (const auto& m : p.items) {
        const auto found = waiting_.find(m.get());
        if (found == waiting_.end()) {
            continue;
        }
        tell_of(
            *found->second,
            "flushed",
            out.session,
            *m,
            {{"messages", std::uint64_t{p.items.size()}},
             {"skipped", p.skipped},
             {"workers", std::uint64_t{workers}},
             {"why", workers == 0 ? "nobody is connected: it is in the history" : ""}}
        );
        out.noted.emplace_back(std::move(found->second), m);
        waiting_.erase(found);
    }
    if (!p.items.empty()) {
        out.last = p.items.back();
    }
    return std::make_shared<const traced_packet>(std::move(out));
}

traced_packet_ptr tracer::pushed(
    const note_ptr& n,
    std::string_view to,
    const model::packet& p,
    std::size_t connections
) {
    traced_packet out{p.session.text(), p.items.size(), 0, p.items.back(), clock::now(), {}};
    const bool is_worth_it = n && (connections > 0 || to != n->user);
    if (is_worth_it) {  // the sender need not have another device
        out.noted.emplace_back(n, out.last);
        tell_of(
            *n,
            "pushed",
            out.session,
            *out.last,
            {{"to", to},
             {"connections", std::uint64_t{connections}},
             {"why", connections == 0 ? "not connected: it is in the history" : ""}}
        );
    }
    return std::make_shared<const traced_packet>(std::move(out));
}

void tracer::fanned_out(
    const traced_packet_ptr& p,
    push::local_audience::reach reach,
    const push::local_audience& audience
) {
    for (const auto& [n, m] : p->noted) {
        tell_of(
            *n,
            "delivered",
            p->session,
            *m,
            {{"worker", std::uint64_t{worker_}},
             {"reached", std::uint64_t{reach.reached}},
             {"passed_over", std::uint64_t{reach.passed_over}}}
        );
    }
    for (const auto& w : watched_) {
        const auto place = audience.find(w.connection, p->session);
        if (!place) {
            continue;
        }
        if (place->skipped > 0) {
            receiver_step(w.user, w.connection, *p, "passed_over", "it reads too slowly");
        } else {
            queued(w, p, *place->box);
        }
    }
}

void tracer::delivered(
    const traced_packet_ptr& p,
    push::connection_id to,
    const push::local_audience& audience
) {
    for (const auto& [n, m] : p->noted) {
        tell_of(
            *n,
            "delivered",
            p->session,
            *m,
            {{"worker", std::uint64_t{worker_}}, {"to_connection", to}}
        );
    }
    const auto found = std::ranges::find(watched_, to, &watched::connection);
    const auto* box = audience.box_of(to);
    if (found != watched_.end() && box != nullptr) {
        queued(*found, p, *box);
    }
}

void tracer::queued(const watched& w, const traced_packet_ptr& p, const push::outbox& box) {
    if (box.is_cut_off() || box.is_sealed()) {
        receiver_step(w.user, w.connection, *p, "lost", "the connection is being closed");
        return;
    }
    receiver_step(w.user, w.connection, *p, "queued", {});
    w.watch->queued(w.user, p, box.bytes());
}

void tracer::receiver_step(
    std::string_view user,
    push::connection_id connection,
    const traced_packet& p,
    std::string_view step,
    std::string_view why
) noexcept {
    const std::initializer_list<log_field> fields{
        {"step", step},
        {"us", microseconds(clock::now() - p.made)},
        {"connection", connection},
        {"session", p.session},
        {"sequence", p.last->sequence},
        {"message_id", p.last->id},
        {"messages", std::uint64_t{p.messages}},
        {"skipped", p.skipped},
        {"worker", std::uint64_t{worker_}},
        {"why", why}};
    record(user, fields);
}

void tracer::connected(std::string_view user, push::connection_id id, push::outbox& box) {
    const auto known = std::ranges::find(watched_, id, &watched::connection);
    if (!is_traced(user) || known != watched_.end()) {
        return;
    }
    if (box.watching() == nullptr) {  // else it is that of who was logged in there before
        box.watch(std::make_unique<delivery_watch>(*this, id));
    }
    auto* const watch = static_cast<delivery_watch*>(box.watching());  // there is no other kind
    watched_.push_back({std::string(user), id, watch});
    const std::initializer_list<log_field> fields{
        {"step", "connected"}, {"connection", id}, {"worker", std::uint64_t{worker_}}};
    record(user, fields);
}

// The watch stays with the outbox: what waits there is still written.
void tracer::disconnected(push::connection_id id) {
    const auto known = std::ranges::find(watched_, id, &watched::connection);
    if (known == watched_.end()) {
        return;
    }
    const std::initializer_list<log_field> fields{
        {"step", "disconnected"}, {"connection", id}, {"worker", std::uint64_t{worker_}}};
    record(known->user, fields);
    watched_.erase(known);
}

}  // namespace gim::trace
