#include "storage/snapshot/block_checksum.hpp"

#include "storage/snapshot/snapshot_records.hpp"

#include <zlib.h>

namespace gim::storage {

std::uint32_t block_checksum(std::string_view head_and_payload) noexcept {
    constexpr std::size_t place = 8;  // of the checksum itself, which is left out
    const auto* bytes = reinterpret_cast<const Bytef*>(head_and_payload.data());
    auto sum = ::crc32_z(0, bytes, place);
    sum = ::crc32_z(
        sum,
        bytes + snapshot::block_head_bytes,
        head_and_payload.size() - snapshot::block_head_bytes
    );
    return static_cast<std::uint32_t>(sum);
}

}  // namespace gim::storage
