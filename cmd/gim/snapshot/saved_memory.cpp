#include "gim/snapshot/saved_memory.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <stdexcept>
#include <utility>

namespace gim::cmd {

namespace {

namespace snapshot = storage::snapshot;
using clock = std::chrono::steady_clock;

std::string describe(const snapshot::totals& t, clock::time_point start) {
    const std::chrono::duration<double> took = clock::now() - start;
    return fmt::format(
        "{} messages in {} sessions, {} rooms, {} users, {} requests: {} bytes, {:.2f} s",
        t.of<snapshot::message>(),
        t.of<snapshot::session>(),
        t.of<snapshot::room>(),
        t.of<snapshot::user>(),
        t.of<snapshot::request>(),
        t.bytes,
        took.count()
    );
}

void say_what_is_left_out(const snapshot::totals& read, const storage::store_sizes& kept) {
    const auto messages = read.of<snapshot::message>() - kept.messages;
    const auto rooms = read.of<snapshot::room>() - kept.rooms;
    const auto users = read.of<snapshot::user>() - kept.users;
    if (messages + rooms + users > 0) {
        spdlog::warn(
            "snapshot: there was no space for {} messages, {} rooms and {} users of it "
            "(--history-memory, --session-history, --max-rooms, --max-users)",
            messages,
            rooms,
            users
        );
    }
}

}  // namespace

std::optional<saved_memory> saved_memory::find(const snapshot_file& file, if_damaged then) {
    auto in = file.open();
    if (!in) {
        spdlog::info("snapshot: there is no {}: beginning with an empty memory", file.path());
        return std::nullopt;
    }
    auto about = storage::read_snapshot(in->source(), [](const auto&) {});
    if (about) {
        return saved_memory(file, *std::move(in), *std::move(about));
    }
    const auto what = file.path() + " is " + about.error().text;
    if (then == if_damaged::fail) {
        throw std::runtime_error("--snapshot: " + what);
    }
    const auto name = file.set_aside_as_damaged();
    spdlog::error("snapshot: {}; it is {} now: beginning with an empty memory", what, name);
    return std::nullopt;
}

void saved_memory::load_into(node::node_snapshot& memory) const {
    const auto start = clock::now();
    const auto loaded =
        storage::read_snapshot(in_.source(), [&](const auto& r) { memory.restore(r); });
    if (!loaded) {
        throw std::runtime_error("--snapshot: " + file_.path() + " was changed while it was read");
    }
    memory.settle();
    file_.set_aside_as_read();
    spdlog::info(
        "snapshot: read {}; the file is {} now", describe(loaded->totals, start), file_.read_path()
    );
    say_what_is_left_out(loaded->totals, memory.sizes());
}

void save_memory(
    const snapshot_file& file,
    const std::function<void(storage::snapshot_writer&)>& save
) {
    const auto start = clock::now();
    snapshot::totals totals;
    file.replace([&](const storage::snapshot_writer::sink& to) {
        storage::snapshot_writer writer(to);
        save(writer);
        totals = writer.totals();
    });
    spdlog::info("snapshot: wrote {} to {}", describe(totals, start), file.path());
}

}  // namespace gim::cmd
