#include "storage/snapshot/snapshot_writer.hpp"

#include "storage/snapshot/block_checksum.hpp"

#include <numeric>
#include <stdexcept>
#include <utility>

namespace gim::storage {

using snapshot::block_head_bytes;

snapshot_writer::snapshot_writer(sink to, std::size_t payload_bytes)
    : to_(std::move(to)), payload_bytes_(payload_bytes) {
    block_.append(snapshot::magic);
    put(snapshot::version);
    give(block_);
    block_.reserve(block_head_bytes + payload_bytes_ + 64 * 1024);
    block_.assign(block_head_bytes, '\0');
}

void snapshot_writer::finish() {
    const auto& counts = totals_.by_tag;
    add(snapshot::ending{std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})});
    flush_up_to(block_.size());
}

// What is behind `end` begins the next block.
void snapshot_writer::flush_up_to(std::size_t end) {
    const std::string_view whole(block_.data(), end);
    const auto length = static_cast<std::uint32_t>(end - block_head_bytes);
    boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(block_.data()), length);
    boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(block_.data()) + 4, number_++);
    boost::endian::store_little_u32(
        reinterpret_cast<unsigned char*>(block_.data()) + 8, block_checksum(whole)
    );
    give(whole);
    block_.erase(block_head_bytes, end - block_head_bytes);
    if (block_.size() - block_head_bytes > payload_bytes_) {
        throw std::length_error("a record is longer than a block of the snapshot");
    }
}

void snapshot_writer::give(std::string_view bytes) {
    to_(bytes);
    totals_.bytes += bytes.size();
}

}  // namespace gim::storage
