#pragma once

#include "net/address_shares.hpp"
#include "net/http_head.hpp"
#include "net/shared_token_bucket.hpp"
#include "observe/stats/log_limiter.hpp"

#include <boost/asio/ip/address.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace gim::stats {
class counters;
}

namespace gim::net {

// From where clients may come.
enum class welcome { everywhere, this_machine };

// Who may come in, and how many. 0: no limit.
struct admission_options {
    // Open connections of the process, both doors together. Larger: more memory, some 2 kB for each
    // that is idle.
    std::size_t connections = 100'000;
    // Open connections from one address: an IPv4 address or an IPv6 /64. Larger: fewer addresses
    // fill the server. A school or a mobile network may have all its people behind one.
    std::size_t connections_per_address = 1000;
    // New connections a second at each door, and as many at once. Larger: a storm of newcomers
    // takes more from those who are there; one costs some 50 us of a core.
    std::size_t handshakes = 1000;
    // Of these, the share of one address (as above). Beyond its share an address is refused as soon
    // as less than a quarter of `handshakes` is left. Larger: fewer addresses keep others out. 0:
    // no shares, every address may use all.
    std::size_t handshakes_per_address = 100;
    welcome from = welcome::everywhere;
};

enum class door { gateway, api };

// Why somebody is turned away.
enum class refusal {
    too_many,
    too_many_of_address,
    too_fast,
    too_fast_of_address,
    no_descriptor,
    stranger,     // not of this machine, where nobody is asked who they are
    origin,       // a page of a site that is not of --allowed-origins
    proxy_header  // what a proxy says of its client is broken
};

// Decides who may come in, and counts who is there. Sans-io; one object a process.
//
// Why shared: the kernel spreads connections over the workers by address and port, so a share of
// the limits for each worker would turn people away while there is room. The number of all and the
// rates are atomics. The numbers by address and the shares are tables in 16 parts with a mutex
// each, taken when a connection begins and ends and never for a message.
//
// Threads: any.
class admission {
public:
    using clock = std::chrono::steady_clock;

    explicit admission(const admission_options& options);
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;

    const admission_options& options() const noexcept { return options_; }
    // For those who come from now on. REQUIRES: no thread is in another function meanwhile.
    void set_options(const admission_options& options) noexcept;

    // One connection's place, given back when this is destroyed.
    // Threads: one. REQUIRES: the admission outlives it.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept;
        place& operator=(place&& other) noexcept;
        ~place() { leave(); }

        // Counts this place for the address, and no more for the one before. Without room there,
        // nothing changes and it is false.
        bool move_to(const boost::asio::ip::address& who);
        // Counts the new connection in the share of the address, once. False: the address is beyond
        // its share and others need the rest; then the connection counts nowhere.
        bool count_new(const boost::asio::ip::address& who, clock::time_point now);
        // REQUIRES: it is a place.
        admission& of() const noexcept { return *all_; }

    private:
        friend class admission;
        place(admission& all, door where) noexcept : all_(&all), uncounted_at_(where) {}
        void leave() noexcept;

        admission* all_ = nullptr;
        std::optional<std::uint64_t> address_;
        std::optional<door> uncounted_at_;  // until count_new()
    };

    // Whether somebody from there may come in.
    bool welcomes(const boost::asio::ip::address& who) const noexcept;

    // Takes a place for a new connection, not yet counted for any address.
    boost::system::result<place, refusal> enter(door where, clock::time_point now);

    // How many places are taken.
    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

    // Counts and logs that `who` is turned away, and gives what to answer. `detail` is a cause that
    // the log names, whatever bytes it has.
    http_error turn_away(
        refusal why,
        const boost::asio::ip::address& who,
        stats::counters& counters,
        std::string_view detail = {}
    );
    http_error answer_to(refusal why);
    // At most one line of a kind in three seconds.
    stats::log_limiter& lines(refusal why) noexcept {
        return lines_[static_cast<std::size_t>(why)];
    }

private:
    struct alignas(64) part {
        std::mutex mutex;
        std::unordered_map<std::uint64_t, std::size_t> taken;  // by address_key()
    };

    std::uint64_t mixed(std::uint64_t key) const noexcept;
    part& part_of(std::uint64_t mixed_key) noexcept { return parts_[mixed_key % parts_.size()]; }
    bool enter_address(std::uint64_t key);
    void leave_address(std::uint64_t key) noexcept;

    admission_options options_;
    const std::uint64_t salt_;  // so that nobody can choose addresses that collide
    std::atomic<std::size_t> taken_{0};
    std::array<shared_token_bucket, 2> rates_;  // by door
    std::array<address_shares, 2> shares_;      // by door
    std::array<part, 16> parts_;
    std::atomic<unsigned> answers_{0};
    std::array<stats::log_limiter, 8> lines_;  // by refusal
};

// An IPv6 address that only wraps an IPv4 one (::ffff:192.0.2.1) as that one, any other as it is.
boost::asio::ip::address plain(const boost::asio::ip::address& a);

// What one customer of a network has: an IPv4 address, or the first 64 bits of an IPv6 address.
std::uint64_t address_key(const boost::asio::ip::address& a);

}  // namespace gim::net
