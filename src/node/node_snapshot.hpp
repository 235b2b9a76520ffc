#pragma once

#include "node/node.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/snapshot/snapshot_records.hpp"
#include "storage/snapshot/snapshot_writer.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace gim::node {

// Puts the memory of a node into a snapshot and takes it out again: what is in the stores, which
// must be in memory. The number of workers may differ between the two.
class node_snapshot {
public:
    // Both are borrowed; the stores are those of the node, by worker.
    node_snapshot(node& all, std::vector<storage::memory_store*> stores)
        : all_(all), stores_(std::move(stores)) {}

    // The way of writing: begin(), then save_rooms() for all workers, then save_rest() for all,
    // each on its worker.
    void begin(storage::snapshot_writer& to) const;
    void save_rooms(std::size_t worker, storage::snapshot_writer& to) const;
    void save_rest(std::size_t worker, storage::snapshot_writer& to) const;

    // Puts the next record to its home. REQUIRES: no worker runs yet, all are new, and all records
    // of a snapshot come, in their order, then settle().
    void restore(const storage::snapshot::record& r);
    void settle();

    // How much there is. REQUIRES: no worker runs.
    storage::store_sizes sizes() const;

private:
    void put(const storage::snapshot::room& r);
    void put(const storage::snapshot::member& r);
    void put(const storage::snapshot::user& r);
    void put(const storage::snapshot::joined& r);
    void put(const storage::snapshot::listed& r);
    void put(const storage::snapshot::horizon& r);
    void put(const storage::snapshot::session& r);
    void put(const storage::snapshot::message& r);
    void put(const storage::snapshot::request& r);
    storage::memory_store& store_of(const shard& home) { return *stores_[home.thread.index()]; }

    node& all_;
    const std::vector<storage::memory_store*> stores_;
    storage::memory_store* of_room_ = nullptr;     // of the last one
    storage::memory_store* of_session_ = nullptr;  // the same
};

}  // namespace gim::node
