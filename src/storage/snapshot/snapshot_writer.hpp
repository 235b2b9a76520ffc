#pragma once

#include "storage/snapshot/snapshot_records.hpp"

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>

namespace gim::storage {

// Writes records as the bytes of a snapshot, block by block.
//
// Sans-io. Threads: one at a time.
class snapshot_writer {
public:
    // Given the next bytes; what it throws, the functions below throw. `payload_bytes`: a block is
    // not longer; for tests.
    using sink = std::function<void(std::string_view)>;
    explicit snapshot_writer(sink to, std::size_t payload_bytes = snapshot::most_payload_bytes);
    snapshot_writer(const snapshot_writer&) = delete;
    snapshot_writer& operator=(const snapshot_writer&) = delete;

    // Errors: std::length_error, if it does not fit into a block.
    template <class Record>
    void add(const Record& r) {
        const auto before = block_.size();
        put(Record::tag);
        std::apply([&](const auto&... field) { (put(field), ...); }, Record::fields(r));
        ++totals_.by_tag[Record::tag];
        if (block_.size() - snapshot::block_head_bytes > payload_bytes_) {
            flush_up_to(before);
        }
    }
    // Writes `ending` and what waits. Last.
    void finish();

    // What was added; the bytes are those that the sink was given.
    const snapshot::totals& totals() const noexcept { return totals_; }

private:
    void put(std::uint8_t n) { block_.push_back(static_cast<char>(n)); }
    void put(snapshot::occupancy state) { put(static_cast<std::uint8_t>(state)); }
    template <class Number>
    void put(const Number& n) {
        const auto little = boost::endian::native_to_little(n);
        block_.append(reinterpret_cast<const char*>(&little), sizeof little);
    }
    void put(const std::string_view& text) {
        put(static_cast<std::uint32_t>(text.size()));
        block_.append(text);
    }

    void flush_up_to(std::size_t end);
    void give(std::string_view bytes);

    const sink to_;
    const std::size_t payload_bytes_;
    std::string block_;  // its head, which is filled in at last, and its payload
    std::uint32_t number_ = 0;
    snapshot::totals totals_;
};

}  // namespace gim::storage
