#include "observe/inspect/inspector.hpp"

#include "observe/inspect/foremost.hpp"
#include "observe/inspect/rows_json.hpp"
#include "observe/stats/counters.hpp"
#include "worker/worker.hpp"

#include <algorithm>
#include <chrono>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

namespace gim::inspect {

namespace asio = boost::asio;

namespace {

using clock = connection_source::clock;

// Places that are looked at in one turn of a worker: there are as many as things in them, or some
// more.
constexpr std::size_t places_a_turn = 2048;
// The same where the store is asked about each, too.
constexpr std::size_t rooms_asked_a_turn = 256;

std::chrono::microseconds to_time(const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

// The foremost of them.
std::string
told(std::uint64_t total, std::vector<connection_row> rows, const connections_question& q) {
    std::ranges::sort(rows, q.by->comes_first, &connection_row::figures);
    rows.resize(std::min(rows.size(), q.limit));
    return to_json(total, rows);
}

}  // namespace

inspector::inspector(node::node& all, inspector_options options)
    : all_(all), options_(std::move(options)) {}

asio::awaitable<std::string> inspector::connections(const connections_question& q) {
    return worker::and_return(
        all_.here().thread, q.user ? gather_connections_of_user(q) : gather_connections(q)
    );
}

asio::awaitable<std::string> inspector::rooms(const rooms_question& q) {
    return worker::and_return(all_.here().thread, gather_rooms(q));
}

asio::awaitable<std::string> inspector::workers() {
    return worker::and_return(all_.here().thread, gather_workers());
}

asio::awaitable<std::string> inspector::gather_connections(const connections_question& q) {
    std::vector<connection_row> rows;
    std::uint64_t total = 0;
    for (std::size_t w = 0; w < all_.size() && options_.connections; ++w) {
        auto& shard = all_.at(w);
        co_await worker::hop(shard.thread);
        total += options_.connections(w).size();
        const auto first = co_await foremost_connections(shard, q);
        for (const auto& f : first) {
            add_connection(shard, f.id, rows);
        }
    }
    co_return told(total, std::move(rows), q);
}

// Goes by the user's home, which knows them: nobody else's connection is looked at.
asio::awaitable<std::string> inspector::gather_connections_of_user(const connections_question& q) {
    auto& home = all_.home_of_user(*q.user);
    co_await worker::hop(home.thread);
    const auto known = home.users.connections(*q.user);
    const std::vector<node::connection_ref> refs(known.begin(), known.end());
    std::vector<connection_row> rows;
    for (const auto& c : refs) {
        auto& shard = all_.at(c.worker);
        co_await worker::hop(shard.thread);
        add_connection(shard, c.id, rows);
    }
    const auto total = rows.size();
    co_return told(total, std::move(rows), q);
}

void inspector::add_connection(
    node::shard& of,
    push::connection_id id,
    std::vector<connection_row>& to
) {
    if (!options_.connections) {
        return;
    }
    if (auto row = options_.connections(of.thread.index()).row(id, clock::now())) {
        row->rooms = of.audience.rooms_of(id);
        to.push_back(*std::move(row));
    }
}

asio::awaitable<std::vector<connection_figures>>
inspector::foremost_connections(node::shard& of, const connections_question& q) {
    auto& source = options_.connections(of.thread.index());
    foremost<connection_figures, decltype(q.by->comes_first)> first(q.limit, q.by->comes_first);
    const auto add = [&first](const connection_figures& f) { first.add(f); };
    auto places = source.places();
    for (std::size_t at = 0; at < places;) {
        const auto end = std::min(places, at + places_a_turn);
        source.visit(at, end, clock::now(), add);
        at = end;
        co_await worker::next_turn(of.thread);
        if (source.places() != places) {  // all of them have moved
            places = source.places();
            first.clear();
            at = 0;
        }
    }
    co_return first.take();
}

asio::awaitable<std::string> inspector::gather_rooms(const rooms_question& q) {
    foremost<room_row, decltype(q.by->comes_first)> first(q.limit, q.by->comes_first);
    std::uint64_t total = 0;
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& shard = all_.at(w);
        co_await worker::hop(shard.thread);
        total += shard.rooms.rooms();
        auto some = co_await foremost_rooms(shard, q);
        for (auto& row : some) {
            first.add(std::move(row));
        }
    }
    auto rows = first.take();
    for (auto& row : rows) {
        auto& shard = all_.at(row.worker);
        co_await worker::hop(shard.thread);
        const auto session = model::session_id::room(row.id);
        const auto record = co_await shard.store->find_room(row.id);
        const auto last = co_await shard.store->last_message(session);
        row.members = record && *record ? (*record)->members : 0;
        row.sequence = last && *last ? (*last)->sequence : 0;
    }
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& shard = all_.at(w);
        co_await worker::hop(shard.thread);
        for (auto& row : rows) {
            const auto session = model::session_id::room(row.id);
            const auto here = shard.audience.attendance_of(session.text());
            row.connections += here.connections;
            row.passed_over += here.passed_over;
        }
    }
    co_return to_json(total, rows);
}

asio::awaitable<std::vector<room_row>>
inspector::foremost_rooms(node::shard& of, const rooms_question& q) {
    foremost<room_row, decltype(q.by->comes_first)> first(q.limit, q.by->comes_first);
    const bool needs_members = q.by->name == "members";
    const auto at_once = needs_members ? rooms_asked_a_turn : places_a_turn;
    std::vector<room_row> some;
    const auto add = [&](const node::room_push::room_figures& f) {
        room_row row;
        row.id = f.id;
        row.worker = of.thread.index();
        row.rate = f.rate;
        row.messages = f.messages;
        row.pending = f.pending;
        row.skipped = f.skipped;
        if (needs_members || first.takes(row)) {
            some.push_back(std::move(row));
        }
    };
    auto places = of.rooms.places();
    for (std::size_t at = 0; at < places;) {
        const auto end = std::min(places, at + at_once);
        of.rooms.visit(at, end, clock::now(), add);
        at = end;
        for (auto& row : some) {
            if (needs_members) {
                const auto record = co_await of.store->find_room(row.id);
                row.members = record && *record ? (*record)->members : 0;
            }
            first.add(std::move(row));
        }
        some.clear();
        co_await worker::next_turn(of.thread);
        if (of.rooms.places() != places) {  // all of them have moved
            places = of.rooms.places();
            first.clear();
            at = 0;
        }
    }
    co_return first.take();
}

asio::awaitable<std::string> inspector::gather_workers() {
    process_rows all;
    all.version = options_.version;
    all.id = ::getpid();
    all.now_ms = all_.now_ms();
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& shard = all_.at(w);
        co_await worker::hop(shard.thread);
        all.workers.push_back(read(shard));
    }
    all.process = metrics::read_process_briefly();
    co_return to_json(all);
}

worker_row inspector::read(node::shard& of) const {
    worker_row row;
    row.index = of.thread.index();
    row.thread = ::gettid();
    rusage used{};
    if (::getrusage(RUSAGE_THREAD, &used) == 0) {
        row.user_cpu = to_time(used.ru_utime);
        row.system_cpu = to_time(used.ru_stime);
    }
    const auto& counters = of.thread.counters();
    row.recent_lag = of.thread.recent_lag();
    row.lag = counters.read(stats::distribution::worker_lag);
    row.users = of.users.size();
    row.rooms = of.rooms.rooms();
    row.stored = of.store->sizes();
    for (const auto& e : stats::events) {
        row.events[static_cast<std::size_t>(e.what)] = counters.count(e.what);
    }
    if (options_.add_worker) {
        options_.add_worker(row.index, row);
    }
    return row;
}

}  // namespace gim::inspect
