#pragma once

#include "storage/snapshot/snapshot_reader.hpp"
#include "storage/snapshot/snapshot_writer.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

// Snapshots in memory.
namespace gim::test {

inline std::string snapshot_bytes(
    const std::function<void(storage::snapshot_writer&)>& add,
    std::size_t payload_bytes = storage::snapshot::most_payload_bytes
) {
    std::string bytes;
    storage::snapshot_writer to([&](std::string_view some) { bytes += some; }, payload_bytes);
    add(to);
    to.finish();
    return bytes;
}

inline storage::snapshot_source source_of(std::string_view bytes) {
    return [bytes](std::span<char> space) mutable {
        const auto n = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), n);
        bytes.remove_prefix(n);
        return n;
    };
}

// What is wrong with it; empty: nothing.
inline std::string flaw_of(std::string_view bytes) {
    const auto read = storage::read_snapshot(source_of(bytes), [](const auto&) {});
    return read ? "" : read.error().text;
}

}  // namespace gim::test
