#include "fuzz/fuzz_target.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/snapshot/block_checksum.hpp"
#include "storage/snapshot/snapshot_reader.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "support/snapshot_bytes.hpp"

#include <boost/endian/conversion.hpp>

#include <string>
#include <string_view>

// Snapshots: the bytes as a whole one, and as the records of one whose checksum is right.

namespace gim::fuzz {

namespace {

std::string with_payload(std::string_view payload) {
    const auto number = [](std::uint32_t n) {
        const auto little = boost::endian::native_to_little(n);
        return std::string(reinterpret_cast<const char*>(&little), sizeof little);
    };
    const auto head = number(static_cast<std::uint32_t>(payload.size())) + number(0);
    auto block = head + std::string(4, '\0') + std::string(payload);
    const auto sum = number(storage::block_checksum(block));
    return std::string(storage::snapshot::magic) + number(storage::snapshot::version) + head + sum +
           std::string(payload);
}

// Whatever passes as a snapshot can be put into a store, and what that saves is a snapshot, too.
void put_in_place(std::string_view bytes) {
    storage::memory_store_options options;
    options.most = {.history = 3, .history_bytes = 5000, .rooms = 2, .users = 2};
    options.most.private_sessions_of_user = 2;
    options.most.requests = 2;
    options.epoch = "e";
    storage::memory_store store(std::move(options));
    const auto read =
        storage::read_snapshot(test::source_of(bytes), [&](const auto& r) { store.restore(r); });
    store.settle();
    while (store.evict() != 0) {
    }
    if (!read) {
        require(!read.error().text.empty(), "it says what is wrong");
        return;
    }
    const auto again = test::snapshot_bytes([&](storage::snapshot_writer& to) {
        to.add(storage::snapshot::beginning{"e", 1});
        store.save_rooms(to);
        store.save_rest(to);
    });
    require(test::flaw_of(again).empty(), "what is saved can be read");
    require(store.sizes().rooms <= 2 && store.sizes().users <= 2, "limits hold");
    require(store.sizes().messages <= 3 * store.sizes().sessions, "no history is too long");
}

}  // namespace

void snapshot(std::string_view bytes) {
    put_in_place(bytes);
    put_in_place(with_payload(bytes));
}

}  // namespace gim::fuzz
