#pragma once

#include "gim/snapshot/snapshot_file.hpp"
#include "node/node_snapshot.hpp"
#include "storage/snapshot/snapshot_reader.hpp"

#include <functional>
#include <optional>
#include <string>

namespace gim::cmd {

// The memory that another process has left in a file, for this one to go on with.
class saved_memory {
public:
    enum class if_damaged { start_empty, fail };

    // Reads the file to its end, which must be whole. Empty, with a line in the log: there is none,
    // or it is damaged and was set aside. Errors: std::runtime_error, if it cannot be read or, as
    // wanted, if it is damaged.
    static std::optional<saved_memory> find(const snapshot_file& file, if_damaged then);

    const std::string& epoch() const noexcept { return about_.epoch; }

    // Puts it into a new node, then sets the file aside: nobody goes on from it again.
    // Errors: std::runtime_error; then the node is worth nothing, and the file is as it was.
    void load_into(node::node_snapshot& memory) const;

private:
    saved_memory(const snapshot_file& file, snapshot_file::input in, storage::snapshot_about about)
        : file_(file), in_(std::move(in)), about_(std::move(about)) {}

    snapshot_file file_;
    snapshot_file::input in_;
    storage::snapshot_about about_;
};

// Writes what `save` adds, and a line into the log.
void save_memory(
    const snapshot_file& file,
    const std::function<void(storage::snapshot_writer&)>& save
);

}  // namespace gim::cmd
