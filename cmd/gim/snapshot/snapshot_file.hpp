#pragma once

#include "net/unique_fd.hpp"
#include "storage/snapshot/snapshot_reader.hpp"
#include "storage/snapshot/snapshot_writer.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace gim::cmd {

// The file that a snapshot is in, and the names that it has over its life:
//
//   FILE.new      it is being written; worth nothing
//   FILE          whole, and on the disk; the next start reads it
//   FILE.read     some process has gone on from it, so no other may: it would give out the same
//                 sequences again
//   FILE.damaged  it could not be read; .damaged.1, .damaged.2, ... those that came later
//
// Errors: std::runtime_error, in words for the operator.
class snapshot_file {
public:
    // `before_change` is called before each system call that changes something on the disk; for
    // tests.
    explicit snapshot_file(std::string path, std::function<void()> before_change = {});

    const std::string& path() const noexcept { return path_; }
    std::string read_path() const { return path_ + ".read"; }

    // Whether files can be made beside it.
    void check_folder() const;

    // Puts in its place what `write` gives to the sink. Whatever ends the process or the machine
    // meanwhile, the path then names what it named before or the new one, whole.
    using writer = std::function<void(const storage::snapshot_writer::sink& to)>;
    void replace(const writer& write) const;

    // One that is open.
    class input {
    public:
        explicit input(net::unique_fd fd, std::string path)
            : fd_(std::move(fd)), path_(std::move(path)) {}
        // From its begin, each time.
        storage::snapshot_source source() const;

    private:
        net::unique_fd fd_;
        std::string path_;
    };
    // Empty: there is none.
    std::optional<input> open() const;

    void set_aside_as_read() const;
    // Returns the name that it has now.
    std::string set_aside_as_damaged() const;
    // Nothing happens if there is none.
    void remove() const;

private:
    void changing() const;
    net::unique_fd create(const std::string& path) const;
    void write_all(int fd, std::string_view bytes) const;
    void rename(const std::string& from, const std::string& to, unsigned flags) const;
    void sync_folder() const;
    std::string folder() const;

    const std::string path_;
    const std::function<void()> before_change_;
};

}  // namespace gim::cmd
