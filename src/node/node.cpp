#include "node/node.hpp"

#include "observe/stats/counters.hpp"
#include "storage/feed.hpp"
#include "storage/presence.hpp"

#include <algorithm>
#include <utility>

namespace gim::node {

namespace {

std::unique_ptr<push::frame_packer>
make_packer(const std::optional<websocket::deflate_options>& how, stats::counters& counters) {
    if (!how) {
        return nullptr;
    }
    return std::make_unique<push::frame_packer>(*how, [&counters](std::size_t saved) {
        counters.add(stats::event::frame_deflated);
        counters.add(stats::event::deflate_saved_bytes, saved);
    });
}

}  // namespace

node::node(worker::worker_pool& workers, node_options options)
    : workers_(workers),
      options_(std::move(options)),
      traces_(options_.tracing),
      gate_(std::max<std::size_t>(options_.flush_limit, 1)) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        auto& thread = workers_.at(i);
        auto tell_home = [this, i](const std::string& room, push::form_set forms) {
            // The audience's rooms are called by the text of their session.
            const auto id = model::session_id::parse(room);
            auto& home = home_of(*id);
            home.thread.run([&home, id = *id, i, forms] { home.rooms.set_audience(id, i, forms); });
        };
        auto packer = make_packer(options_.compression, thread.counters());
        auto* const packing = packer.get();
        auto tracer = std::make_unique<trace::tracer>(traces_, i, thread.counters());
        auto& tracing = *tracer;
        auto store = options_.make_store(i);
        auto* const changes = store->changes();
        std::unique_ptr<shared_changes> listener;
        user_directory::presence_changed online =
            [kept = store.get()](std::string_view user, std::size_t before, std::size_t now) {
                if (before == 0) {
                    kept->on_online(user);
                } else if (now == 0) {
                    kept->on_offline(user);
                }
            };
        push::local_audience::count_changed received;
        if (changes != nullptr) {
            listener = std::make_unique<shared_changes>(*this, i);
            changes->listen(*listener);
            auto* const presence = store->nodes();
            online = [changes,
                      presence](std::string_view user, std::size_t before, std::size_t now) {
                if (before == 0) {
                    changes->watch_user(user);
                } else if (now == 0) {
                    changes->unwatch_user(user);
                }
                if (presence != nullptr) {
                    presence->changed(storage::counted_by::user, user);
                }
            };
            if (presence != nullptr) {
                received = [this](const std::string& room) { tell_received(room); };
            }
        }
        shards_.push_back(std::unique_ptr<shard>(new shard{
            thread,
            std::move(store),
            std::move(listener),
            user_directory(std::move(online)),
            std::move(tracer),
            std::move(packer),
            room_push(*this, thread, packing, tracing),
            room_attendance(*this, i),
            push::local_audience(
                std::move(tell_home), packing, std::move(received), options_.memory
            ),
            quotas(options_.limits.quotas, thread.counters()),
            nullptr}));
        auto& made = *shards_.back();
        if (auto* const presence = made.store->nodes()) {
            presence->listen(storage::counted_by::user, made.users);
            presence->listen(storage::counted_by::room, made.attendance);
        }
    }
    for (const auto& user : options_.traced_users) {
        if (traces_.start(user, std::nullopt)) {
            for (auto& s : shards_) {
                s->tracer->start(user);
            }
        }
    }
}

void node::tell_received(const std::string& room) {
    const auto id = model::session_id::parse(room);
    auto& home = home_of(*id);
    home.thread.run([&home, name = std::string(id->room_id())] {
        home.store->nodes()->changed(storage::counted_by::room, name);
    });
}

void node::set_limits(const node_limits& limits) noexcept {
    options_.limits = limits;
    for (auto& s : shards_) {
        s->limits.set_options(limits.quotas);
    }
}

bool node::is_short_of_memory() const noexcept {
    return options_.memory != nullptr && options_.memory->is_used_up();
}

model::result<void> node::require_memory() {
    if (!is_short_of_memory()) {
        return {};
    }
    workers_.current().counters().add(stats::event::refused_memory);
    return model::error{
        model::status::unavailable, "the server is short of memory: try again later"};
}

void node::push_to_user(
    std::string user,
    model::packet p,
    std::optional<push::connection_id> except,
    trace::note_ptr note
) {
    auto& home = home_of_user(user);
    home.thread.run(
        [this, &home, user = std::move(user), p = std::move(p), except, note = std::move(note)] {
            push_at_home(home, user, p, except, note);
        }
    );
}

void node::push_at_home(
    shard& home,
    std::string_view user,
    const model::packet& p,
    std::optional<push::connection_id> except,
    const trace::note_ptr& note
) {
    const auto connections = home.users.connections(user);
    push::form_set forms;
    std::size_t receivers = 0;
    for (const auto& c : connections) {
        if (c.id != except) {
            forms.add({c.form, c.packed});
            ++receivers;
        }
    }
    trace::traced_packet_ptr traced;
    if (home.tracer->is_on()) {
        traced = home.tracer->pushed(note, user, p, receivers);
    }
    if (forms.is_empty()) {
        return;
    }
    const auto packet = push::encode_forms(p, forms, home.packer.get(), options_.memory);
    for (const auto& c : connections) {
        if (c.id != except) {
            auto& target = at(c.worker);
            target.thread.run([&target, id = c.id, packet, traced] {
                if (!target.audience.deliver(id, packet)) {
                    return;
                }
                target.thread.counters().add(stats::event::delivery_private);
                if (traced) {
                    target.tracer->delivered(traced, id, target.audience);
                }
            });
        }
    }
}

void node::close_connection(
    const connection_ref& c,
    websocket::close_code code,
    std::string reason
) {
    auto& target = at(c.worker);
    target.thread.run([&target, id = c.id, code, reason = std::move(reason)] {
        if (target.closer != nullptr) {
            target.closer->close(id, code, reason);
        }
    });
}

void node::close_connections(std::string user, websocket::close_code code, std::string reason) {
    auto& home = home_of_user(user);
    home.thread.run([this, &home, user = std::move(user), code, reason = std::move(reason)] {
        for (const auto& c : home.users.take(user)) {
            close_connection(c, code, reason);
        }
    });
}

void node::disconnect(std::string user) {
    close_connections(std::move(user), websocket::close_code::kicked, "disconnected by a back end");
}

void node::enter_flush_gate(std::function<void(std::shared_ptr<void> pass)> go) {
    auto& keeper = at(0).thread;
    keeper.run([this, &keeper, go = std::move(go)] {
        gate_.enter([this, &keeper, go] {
            // Posted, not run: the next one's flush must not begin inside the end of this one.
            go(std::shared_ptr<void>(nullptr, [this, &keeper](void*) {
                keeper.post([this] { gate_.release(); });
            }));
        });
    });
}

}  // namespace gim::node
