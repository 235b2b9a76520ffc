#include "gim/redis_floor.hpp"

#include "model/message.hpp"
#include "storage/memory_limits.hpp"
#include "storage/message_ids.hpp"
#include "storage/redis/redis_keys.hpp"
#include "storage/redis/redis_place.hpp"
#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_scripts.hpp"
#include "tools/load/redis_benchmark.hpp"

#include <chrono>
#include <string>

namespace gim::cmd {

namespace {

// As a message of the load is to the store.
model::message example(std::size_t size, std::int64_t now_ms) {
    model::message m;
    m.id = storage::message_ids(0, 1).next(now_ms);
    m.sender = {"u0", "u0"};
    m.content.assign(size, 'x');
    return m;
}

// As redis_store::append has it, for a room and a send without request_id.
std::vector<std::string>
append_command(const std::string& script, const model::message& m, std::int64_t now_ms) {
    const storage::redis_place place;
    const storage::redis_keys keys(place.prefix);
    const std::string session = "redis-benchmark";
    return {
        "EVALSHA",
        script,
        "3",
        keys.head(session),
        keys.messages(session),
        keys.members(session),
        storage::to_redis_record(m),
        std::to_string(now_ms),
        std::to_string(storage::memory_limits().history),
        std::to_string(place.ttl.count()),
        "",
        "",
        "PUBLISH",
        keys.channel(session)};
}

std::vector<std::string> zadd_command(const model::message& m) {
    const std::string key =
        storage::redis_keys(storage::redis_place().prefix).messages("redis-benchmark-zadd");
    return {"ZADD", key, "__rand_int__", "__rand_int__ " + storage::to_redis_record(m)};
}

}  // namespace

void measure_redis_floor(
    load::measurement& m,
    std::uint16_t port,
    std::size_t size,
    const std::vector<std::size_t>& cores
) {
    const load::redis_benchmark program(port, cores);
    if (!program.is_installed()) {
        m.notes.emplace_back("redis-benchmark was not run: it is not in PATH (package redis-tools)."
        );
        return;
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const auto message = example(size, now_ms);
    const auto& text =
        storage::redis_script_texts[static_cast<std::size_t>(storage::redis_script::append)];
    const auto script = program.load_script(std::string(text));
    auto& found = m.redis.value();
    found.benchmark_appends_per_second =
        program.commands_per_second(append_command(script, message, now_ms));
    found.benchmark_zadds_per_second = program.commands_per_second(zadd_command(message));
}

}  // namespace gim::cmd
