#include "node/room_push.hpp"

#include "node/node.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"
#include "storage/feed.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

namespace gim::node {

room_push::room_push(
    node& all,
    worker::worker& home,
    push::frame_packer* packer,
    trace::tracer& tracer
)
    : all_(all),
      home_(home),
      packer_(packer),
      tracer_(tracer),
      alarm_(home, [this] { flush_due(); }),
      retry_([this] { schedule_all(); }) {}

room_push::room& room_push::room_of(const model::session_id& id) {
    const auto found = rooms_.find(id.text());
    if (found != rooms_.end()) {
        return *found->second;
    }
    auto made = std::make_unique<room>(room{
        std::make_shared<const model::session_id>(id),
        push::batch(all_.options().batching),
        std::vector<push::form_set>(all_.size())});
    return *rooms_.emplace(id.text(), std::move(made)).first->second;
}

void room_push::release(room& r) {
    const bool is_used = r.is_scheduled || r.is_at_gate || !r.pending.is_empty();
    if (!is_used && !r.has_audience()) {
        rooms_.erase(rooms_.find(r.session->text()));
    }
}

void room_push::add(
    const model::session_id& id,
    model::message_ptr m,
    const trace::note_ptr& note
) {
    room& r = room_of(id);
    const auto now = push::batch::clock::now();
    r.rate.count(now);
    ++r.messages;
    const auto& added = *m;  // which waits there
    const auto dropped = r.pending.add(std::move(m), now);
    // From here on it waits to be pushed: what fails now is done later.
    try {
        if (tracer_.is_on()) {
            tracer_.batched(note, id.text(), added, *r.pending.promised() - now);
            tracer_.dropped(
                id.text(), dropped.get(), "newer ones filled the push: it is in the history"
            );
        }
        if (r.pending.is_due(now)) {
            flush(r);
        } else {
            schedule(r);
        }
    } catch (const std::exception& e) {
        failed(id, e);
    }
}

void room_push::failed(const model::session_id& id, const std::exception& why) {
    constexpr std::chrono::milliseconds pause{100};
    stats::log_failure(
        stats::failure::room_push, {}, "push to room {}: {}", id.room_id(), why.what()
    );
    home_.arm(retry_, pause);
}

void room_push::schedule_all() {
    for (auto& [id, r] : rooms_) {
        try {
            schedule(*r);
        } catch (const std::exception& e) {
            failed(*r->session, e);
            return;
        }
    }
}

void room_push::forget(const model::session_id& id) {
    if (const auto found = rooms_.find(id.text()); found != rooms_.end()) {
        drop_pending(*found->second, "the room is dismissed");
        release(*found->second);
    }
}

void room_push::drop_pending(room& r, std::string_view why) {
    while (tracer_.is_on() && !r.pending.is_empty()) {
        for (const auto& m : r.pending.take().items) {
            tracer_.dropped(r.session->text(), m.get(), why);
        }
    }
    r.pending.clear();
}

void room_push::set_audience(
    const model::session_id& id,
    std::size_t worker,
    push::form_set forms
) {
    if (forms.is_empty() && !rooms_.contains(id.text())) {
        return;
    }
    room& r = room_of(id);
    r.audience[worker] = forms;
    watch_or_not(r);
    release(r);
}

bool room_push::room::has_audience() const {
    return !std::ranges::all_of(audience, [](push::form_set f) { return f.is_empty(); });
}

void room_push::watch_or_not(room& r) {
    auto* const changes = all_.at(home_.index()).store->changes();
    if (changes == nullptr || r.is_watched == r.has_audience()) {
        return;
    }
    if (r.has_audience()) {
        changes->watch(*r.session);
    } else {
        changes->unwatch(*r.session);
        // Until somebody comes nothing is heard of the room. Who comes must not be pushed what
        // waits from before, as what was sent in between is not pushed.
        drop_pending(r, "nobody here receives the room any more");
    }
    r.is_watched = r.has_audience();
}

void room_push::schedule(room& r) {
    if (r.is_scheduled || r.is_at_gate || r.pending.is_empty()) {
        return;
    }
    schedule_.add(r, *r.pending.due());
    r.is_scheduled = true;
    if (!is_flushing_) {
        alarm_.ring_at(schedule_.next_due());
    }
}

void room_push::flush_due() {
    is_flushing_ = true;  // the alarm is set once, below, not for every room
    const auto now = push::batch::clock::now();
    while (room* r = schedule_.take_due(now)) {
        r->is_scheduled = false;
        try {
            if (r->pending.is_due(now)) {
                flush(*r);
            } else {
                schedule(*r);  // it was pushed early because it was full; what waits now came later
                release(*r);
            }
        } catch (const std::exception& e) {  // out of memory: the other rooms go on
            failed(*r->session, e);
        }
    }
    is_flushing_ = false;
    alarm_.ring_at(schedule_.next_due());
}

void room_push::flush(room& r) {
    if (!all_.has_flush_limit()) {
        push_due(r, nullptr);
        return;
    }
    if (r.is_at_gate) {
        return;
    }
    r.is_at_gate = true;
    try {
        all_.enter_flush_gate([this, &r](std::shared_ptr<void> pass) {
            home_.run([this, &r, pass = std::move(pass)] {
                r.is_at_gate = false;
                push_due(r, pass);
            });
        });
    } catch (...) {
        r.is_at_gate = false;
        throw;
    }
}

void room_push::push_due(room& r, const std::shared_ptr<void>& done) {
    do {
        if (all_.is_short_of_memory()) {
            wait_for_memory(r);
            return;
        }
        push_packet(r, done);
        // More is due if the gate let messages pile up, or if they are too long for one packet.
    } while (r.pending.is_due(push::batch::clock::now()));
    schedule(r);
    release(r);
}

// The messages wait as they are in the history, and not once more in every form.
void room_push::wait_for_memory(room& r) {
    constexpr std::chrono::milliseconds pause{25};
    if (r.is_scheduled) {
        return;
    }
    r.is_scheduled = true;
    schedule_.add(r, push::batch::clock::now() + pause);
    if (!is_flushing_) {
        alarm_.ring_at(schedule_.next_due());
    }
}

void room_push::push_packet(room& r, const std::shared_ptr<void>& done) {
    const auto promised = r.pending.promised();
    auto taken = r.pending.take();
    r.skipped += taken.skipped;
    home_.counters().add(stats::event::message_skipped, taken.skipped);
    push::form_set forms;
    for (const auto f : r.audience) {
        forms.add(f);
    }
    if (taken.items.empty() || forms.is_empty()) {
        if (tracer_.is_on()) {
            const auto nobody = model::packet{*r.session, {}, std::move(taken.items), 0};
            tracer_.flushed(nobody, 0);
        }
        return;  // nobody is connected; the messages are in the store
    }
    const auto& options = all_.options();
    const auto messages = taken.items.size();
    const auto late = push::batch::clock::now() - *promised;
    home_.counters().observe(stats::distribution::batch_messages, messages);
    home_.counters().observe(stats::distribution::push_lateness, late);
    const bool is_full = options.batching.mode == push::batch_mode::full;
    auto p = std::make_shared<const model::packet>(model::packet{
        *r.session,
        std::string(r.session->room_id()),
        std::move(taken.items),
        taken.skipped,
        is_full ? model::sequences::shown : model::sequences::left_out});
    const auto packet = push::encode_forms(*p, forms, packer_, options.memory);
    trace::traced_packet_ptr traced;
    if (tracer_.is_on()) {
        const auto is_reached = [](push::form_set f) { return !f.is_empty(); };
        const auto workers = std::ranges::count_if(r.audience, is_reached);
        traced = tracer_.flushed(*p, static_cast<std::size_t>(workers));
    }
    if (is_full) {
        p.reset();  // nobody may skip it
    }
    for (std::size_t w = 0; w < r.audience.size(); ++w) {
        if (!r.audience[w].is_empty()) {
            auto& target = all_.at(w);
            target.thread.run([&target, session = r.session, packet, p, messages, done, traced] {
                const auto reach = target.audience.fan_out(session->text(), packet, p.get());
                auto& counters = target.thread.counters();
                counters.add(stats::event::packet_skipped, reach.passed_over);
                counters.add(stats::event::delivery_room, reach.reached * messages);
                if (traced) {
                    target.tracer->fanned_out(traced, reach, target.audience);
                }
            });
        }
    }
}

void room_push::visit_received(const std::function<void(const model::session_id& room)>& f) const {
    for (const auto& [id, r] : rooms_) {
        if (r->has_audience()) {
            f(*r->session);
        }
    }
}

void room_push::visit(
    std::size_t begin,
    std::size_t end,
    push::batch::clock::time_point now,
    const std::function<void(const room_figures&)>& f
) const {
    for (auto place = begin; place < end; ++place) {
        for (auto it = rooms_.begin(place); it != rooms_.end(place); ++it) {
            const room& r = *it->second;
            f({r.session->room_id(),
               r.pending.size(),
               r.messages,
               r.skipped,
               r.rate.per_second(now)});
        }
    }
}

void room_push::flush_all() {
    for (auto& [id, r] : rooms_) {
        while (!r->pending.is_empty()) {
            push_packet(*r, nullptr);
        }
    }
}

}  // namespace gim::node
