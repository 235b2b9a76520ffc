#include "observe/inspect/rows_json.hpp"

#include "json/json_writer.hpp"
#include "observe/stats/distribution.hpp"

#include <chrono>
#include <cstddef>

namespace gim::inspect {

using json::operator""_json;

namespace {

using writer = json::json_writer<json::json_level::plain>;

template <class Duration>
std::int64_t ms(Duration d) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
}

// The bound below which so large a part of what was observed is, in ms; 0 if nothing was. Above the
// last bound it is that one.
double quantile_ms(const stats::histogram_reading& r, double part) {
    std::uint64_t all = 0;
    for (const auto n : r.buckets) {
        all += n;
    }
    const auto bounds = stats::family_of(stats::distribution::worker_lag).bounds;
    const double wanted = part * static_cast<double>(all);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < bounds.size() && all > 0; ++i) {
        seen += r.buckets[i];
        if (static_cast<double>(seen) >= wanted) {
            return static_cast<double>(bounds[i]) / 1e6;
        }
    }
    return all > 0 ? static_cast<double>(bounds.back()) / 1e6 : 0;
}

void write(const connection_row& row, writer& to) {
    const auto& f = row.figures;
    to.number(R"({"id":)"_json, f.id);
    if (!row.user.empty()) {
        to.plain(R"(,"user":)"_json, row.user).text(R"(,"name":)"_json, row.name);
    }
    to.text(R"(,"address":)"_json, row.address)
        .number(R"(,"worker":)"_json, row.worker)
        .plain(R"(,"state":)"_json, row.state)
        .plain(R"(,"form":)"_json, row.form)
        .flag(R"(,"tls":)"_json, row.is_tls)
        .flag(R"(,"compressed":)"_json, row.is_deflating)
        .number(R"(,"connected_ms":)"_json, ms(f.connected))
        .number(R"(,"idle_ms":)"_json, ms(f.silent))
        .number(R"(,"outbox_bytes":)"_json, f.outbox_bytes)
        .number(R"(,"outbox_frames":)"_json, f.outbox_frames)
        .number(R"(,"oldest_ms":)"_json, ms(f.oldest))
        .number(R"(,"unacknowledged_bytes":)"_json, row.unacknowledged_bytes)
        .number(R"(,"skipped_packets":)"_json, f.passed_over)
        .number(R"(,"rooms":)"_json, row.rooms)
        .number(R"(,"requests":)"_json, f.requests)
        .number(R"(,"received_bytes":)"_json, f.received_bytes)
        .number(R"(,"sent_bytes":)"_json, f.sent_bytes)
        .number(R"(,"sent_frames":)"_json, f.sent_frames)
        .raw("}"_json);
}

void write(const room_row& row, writer& to) {
    to.plain(R"({"id":)"_json, row.id)
        .number(R"(,"worker":)"_json, row.worker)
        .number(R"(,"members":)"_json, row.members)
        .number(R"(,"connections":)"_json, row.connections)
        .decimal(R"(,"rate":)"_json, row.rate)
        .number(R"(,"messages":)"_json, row.messages)
        .number(R"(,"pending":)"_json, row.pending)
        .number(R"(,"skipped":)"_json, row.skipped)
        .number(R"(,"skipped_packets":)"_json, row.passed_over)
        .number(R"(,"sequence":)"_json, row.sequence)
        .raw("}"_json);
}

void write(const worker_row& row, writer& to) {
    using stats::event;
    const auto count = [&row](event e) { return row.events[static_cast<std::size_t>(e)]; };
    to.number(R"({"worker":)"_json, row.index)
        .number(R"(,"thread":)"_json, row.thread)
        .number(R"(,"user_cpu_ms":)"_json, ms(row.user_cpu))
        .number(R"(,"system_cpu_ms":)"_json, ms(row.system_cpu))
        .decimal(R"(,"lag_recent_ms":)"_json, static_cast<double>(row.recent_lag.count()) / 1e6)
        .decimal(R"(,"lag_p50_ms":)"_json, quantile_ms(row.lag, 0.5))
        .decimal(R"(,"lag_p99_ms":)"_json, quantile_ms(row.lag, 0.99))
        .number(R"(,"connections":)"_json, row.connections)
        .number(R"(,"api_connections":)"_json, row.api_connections)
        .number(R"(,"users":)"_json, row.users)
        .number(R"(,"rooms":)"_json, row.rooms)
        .number(R"(,"slow_readers":)"_json, row.slow_readers)
        .number(R"(,"pending_bytes":)"_json, row.pending_bytes)
        .number(R"(,"stored_messages":)"_json, row.stored.messages)
        .number(R"(,"stored_message_bytes":)"_json, row.stored.message_bytes)
        .number(R"(,"stored_sessions":)"_json, row.stored.sessions)
        .number(R"(,"stored_rooms":)"_json, row.stored.rooms)
        .number(R"(,"stored_users":)"_json, row.stored.users)
        .number(R"(,"connections_accepted":)"_json, count(event::connection_gateway))
        .number(R"(,"logins":)"_json, count(event::login))
        .number(R"(,"room_messages":)"_json, count(event::message_room))
        .number(R"(,"private_messages":)"_json, count(event::message_private))
        .number(R"(,"room_deliveries":)"_json, count(event::delivery_room))
        .number(R"(,"private_deliveries":)"_json, count(event::delivery_private))
        .number(R"(,"skipped_messages":)"_json, count(event::message_skipped))
        .number(R"(,"skipped_packets":)"_json, count(event::packet_skipped))
        .number(R"(,"slow_readers_closed":)"_json, count(event::close_slow_reader))
        .number(R"(,"received_frames":)"_json, count(event::frame_received))
        .number(R"(,"sent_frames":)"_json, count(event::frame_sent))
        .number(R"(,"received_bytes":)"_json, count(event::byte_received))
        .number(R"(,"sent_bytes":)"_json, count(event::byte_sent))
        .raw("}"_json);
}

template <class Row>
std::string list_of(std::uint64_t total, const std::vector<Row>& rows) {
    base::text_buffer out;
    writer to(out);
    to.number(R"({"total":)"_json, total)
        .list(R"(,"items":)"_json, rows, [&](const auto& row) { write(row, to); })
        .raw("}"_json);
    return std::string(out.view());
}

}  // namespace

std::string to_json(std::uint64_t total, const std::vector<connection_row>& rows) {
    return list_of(total, rows);
}

std::string to_json(std::uint64_t total, const std::vector<room_row>& rows) {
    return list_of(total, rows);
}

std::string to_json(const process_rows& all) {
    base::text_buffer out;
    writer to(out);
    const auto since_1970 = static_cast<std::int64_t>(all.process.start_time_seconds * 1000);
    to.text(R"({"version":)"_json, all.version)
        .number(R"(,"process":)"_json, all.id)
        .number(R"(,"time":)"_json, all.now_ms)
        .number(R"(,"started_at":)"_json, since_1970)
        .number(R"(,"cpu_ms":)"_json, static_cast<std::int64_t>(all.process.cpu_seconds * 1000))
        .number(R"(,"resident_bytes":)"_json, all.process.resident_bytes)
        .number(R"(,"threads":)"_json, all.process.threads)
        .list(R"(,"items":)"_json, all.workers, [&](const auto& row) { write(row, to); })
        .raw("}"_json);
    return std::string(out.view());
}

}  // namespace gim::inspect
