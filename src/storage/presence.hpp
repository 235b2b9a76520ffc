#pragma once

#include "model/error.hpp"
#include "worker/async_result.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// A process of the service, as the others know it.
struct node_record {
    std::string id;
    std::string address;  // where clients connect; empty: none is to be sent there
    std::uint64_t connections = 0;
    std::uint64_t rooms = 0;      // with somebody connected there
    std::int64_t started_at = 0;  // ms since 1970, by that node's clock
    bool is_draining = false;     // takes nobody any more
};

// Whether clients may be told it: any visible characters, at most 256.
bool is_node_address(std::string_view text) noexcept;

// What is told to the others of this process. None of the functions may throw.
//
// Threads: those of the worker whose presence asks, but describe(), which returns there.
class told_to_others {
public:
    virtual boost::asio::awaitable<node_record> describe() = 0;
    // The others have forgotten this process: every worker's presence is to tell_all().
    virtual void tell_all() = 0;

protected:
    ~told_to_others() = default;
};

// What the connections of each process are counted by.
enum class counted_by {
    user,  // whose they are
    room   // that they receive
};

// How many connections of this process there are by each user, or room, at home on one worker.
//
// Threads: that worker's.
class local_counts {
public:
    // One number each. The names must live until it returns, which it does on that worker.
    virtual boost::asio::awaitable<std::vector<std::uint64_t>> counts(
        std::span<const std::string> names
    ) = 0;
    // Those with a connection.
    virtual void visit(const std::function<void(std::string_view name)>& f) const = 0;

protected:
    ~local_counts() = default;
};

// Who else is there where several processes share a store, who is connected to them, and which
// rooms are received there. A process that ends without a word is forgotten after lease_time.
//
// Threads: its store's.
class presence {
public:
    virtual ~presence() = default;

    // --- what is told; all are borrowed, and said before the workers run
    virtual void listen(counted_by what, local_counts& here) = 0;
    // On one worker of the process.
    virtual void introduce(told_to_others& self) = 0;

    // The user or room has more or fewer connections here than before.
    virtual void changed(counted_by what, std::string_view name) = 0;
    // Nobody else knows of any count here.
    virtual void tell_all() = 0;
    // What describe() says is another now; the others know soon.
    virtual void tell_soon() = 0;
    // Nothing is told from now on. Where the process was introduced, the others forget it.
    virtual void leave() = 0;
    // They have.
    virtual bool has_left() const noexcept = 0;

    // --- what is known of the other nodes
    // As of about a second ago; valid until the next suspension. 503: nothing is known.
    virtual model::result<std::span<const node_record>> others() const = 0;
    // Counts how often others() has changed.
    virtual std::uint64_t others_version() const noexcept = 0;
    // How many connections these users or rooms have there, one number each.
    virtual worker::async_result<std::vector<std::uint64_t>>
    elsewhere(counted_by what, std::vector<std::string> names) = 0;
    // Tells them to close the user's connections; returns how many there were.
    virtual worker::async_result<std::uint64_t> disconnect(std::string user) = 0;
};

}  // namespace gim::storage
