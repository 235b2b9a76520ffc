#include "net/admission.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/log_fields.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>
#include <string>
#include <utility>

namespace gim::net {

namespace asio = boost::asio;
using asio::ip::address;

namespace {

std::uint64_t random_number() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

// These last places are left to the API, so that a gateway that is full does not make the process
// look dead to whoever asks /healthz.
std::size_t kept_for_api(std::size_t connections) noexcept {
    return std::min<std::size_t>(connections / 10, 64);
}

bool is_near(const address& a) {
    if (a.is_loopback()) {
        return true;
    }
    if (a.is_v4()) {
        const auto bytes = a.to_v4().to_bytes();  // RFC 1918
        return bytes[0] == 10 || (bytes[0] == 172 && bytes[1] / 16 == 1) ||
               (bytes[0] == 192 && bytes[1] == 168);
    }
    return a.to_v6().to_bytes()[0] / 2 == 0xFC / 2;  // RFC 4193
}

// Of what a stranger sent: short, and without what could make up a line of the log.
std::string printable(std::string_view text) {
    std::string safe(text.substr(0, 100));
    std::replace_if(
        safe.begin(), safe.end(), [](char c) { return c < ' ' || c > '~'; }, '?'
    );
    return safe;
}

std::string sentence(
    refusal why,
    const address& who,
    const admission_options& limits,
    std::string_view detail
) {
    switch (why) {
        case refusal::too_many:
            return "all " + std::to_string(limits.connections) +
                   " connections are taken (--max-connections)";
        case refusal::too_fast:
            return "more than " + std::to_string(limits.handshakes) +
                   " new connections a second (--max-handshakes)";
        case refusal::too_fast_of_address: {
            auto text = "its address makes more than " +
                        std::to_string(limits.handshakes_per_address) +
                        " new connections a second (--max-handshakes-per-address), and others need "
                        "the rest";
            return is_near(who) ? text + ", or is it a proxy's (--trusted-proxies)?" : text;
        }
        case refusal::origin:
            return "not of --allowed-origins: " + printable(detail);
        case refusal::proxy_header:
            return printable(detail);
        case refusal::no_descriptor:
            return "no descriptor is left";
        case refusal::stranger:
            return "not of this machine, and --auth none asks nobody who they are (--insecure)";
        case refusal::too_many_of_address:
            break;
    }
    auto text = "its address has " + std::to_string(limits.connections_per_address) +
                " connections (--max-connections-per-address)";
    if (is_near(who)) {
        text += ", or is it a proxy's (--trusted-proxies)?";
    }
    return text;
}

stats::event event_of(refusal why) noexcept {
    switch (why) {
        case refusal::too_many:
            break;
        case refusal::too_many_of_address:
            return stats::event::refused_too_many_of_address;
        case refusal::too_fast:
            return stats::event::refused_too_fast;
        case refusal::too_fast_of_address:
            return stats::event::refused_too_fast_of_address;
        case refusal::no_descriptor:
            return stats::event::refused_no_descriptor;
        case refusal::stranger:
            return stats::event::refused_stranger;
        case refusal::origin:
            return stats::event::refused_origin;
        case refusal::proxy_header:
            return stats::event::refused_proxy_header;
    }
    return stats::event::refused_too_many;
}

}  // namespace

address plain(const address& a) {
    if (a.is_v6() && a.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, a.to_v6());
    }
    return a;
}

std::uint64_t address_key(const address& a) {
    const address real = plain(a);
    if (real.is_v4()) {
        // ::/8 is reserved (RFC 4291, 2.4), so no IPv6 client has this prefix.
        return (std::uint64_t{1} << 32) | real.to_v4().to_uint();
    }
    std::uint64_t key = 0;
    const auto bytes = real.to_v6().to_bytes();
    for (std::size_t i = 0; i < 8; ++i) {
        key = (key << 8) | bytes[i];
    }
    return key;
}

admission::admission(const admission_options& options)
    : options_(options),
      salt_(random_number()),
      rates_{shared_token_bucket(options.handshakes), shared_token_bucket(options.handshakes)},
      shares_{
          address_shares(options.handshakes_per_address),
          address_shares(options.handshakes_per_address)} {}

void admission::set_options(const admission_options& options) noexcept {
    options_ = options;
    for (auto& rate : rates_) {
        rate.set_rate(options.handshakes);
    }
    for (auto& share : shares_) {
        share.set_rate(options.handshakes_per_address);
    }
}

boost::system::result<admission::place, refusal>
admission::enter(door where, clock::time_point now) {
    place taken(*this, where);
    const auto before = taken_.fetch_add(1, std::memory_order_relaxed);
    const auto kept = where == door::gateway ? kept_for_api(options_.connections) : 0;
    if (options_.connections != 0 && before >= options_.connections - kept) {
        return refusal::too_many;
    }
    if (!rates_[static_cast<std::size_t>(where)].take(now)) {
        return refusal::too_fast;
    }
    return taken;
}

bool admission::welcomes(const address& who) const noexcept {
    return options_.from == welcome::everywhere || who.is_loopback();
}

http_error admission::turn_away(
    refusal why,
    const address& who,
    stats::counters& counters,
    std::string_view detail
) {
    counters.add(event_of(why));
    if (const auto held_back = lines(why).allow()) {
        const auto from = who.to_string();
        stats::log_line(
            spdlog::level::warn,
            {{"address", from}},
            "refused {}: {}{}",
            from,
            sentence(why, who, options_, detail),
            stats::held_back_text(*held_back)
        );
    }
    return answer_to(why);
}

http_error admission::answer_to(refusal why) {
    if (why == refusal::stranger) {
        return {
            403,
            "this server asks nobody who they are (--auth none), so it takes only who comes from "
            "its machine; start it with --auth=token, or with --insecure to let everybody in"};
    }
    if (why == refusal::origin) {
        return {403, "Origin: this page may not use this server"};
    }
    if (why == refusal::proxy_header) {
        return {400, "X-Forwarded-For: must be addresses"};
    }
    http_error answer(
        503,
        why == refusal::too_many_of_address   ? "your address has all the connections it may have"
        : why == refusal::too_fast_of_address ? "your address makes too many new connections now"
        : why == refusal::too_fast            ? "too many are connecting to this server now"
                                              : "this server has all the connections it takes"
    );
    // Those who are turned away together are not told to come back together.
    answer.retry_after = 1 + answers_.fetch_add(1, std::memory_order_relaxed) % 5;
    return answer;
}

// The finalizer of SplitMix64: every bit of the key and the salt changes half of the result.
std::uint64_t admission::mixed(std::uint64_t key) const noexcept {
    key ^= salt_;
    key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9;
    key = (key ^ (key >> 27)) * 0x94D049BB133111EB;
    return key ^ (key >> 31);
}

bool admission::enter_address(std::uint64_t key) {
    const auto mixed_key = mixed(key);
    part& p = part_of(mixed_key);
    const std::lock_guard lock(p.mutex);
    auto& taken = p.taken[mixed_key];  // mixing is one to one
    if (taken >= options_.connections_per_address) {
        return false;
    }
    ++taken;
    return true;
}

void admission::leave_address(std::uint64_t key) noexcept {
    const auto mixed_key = mixed(key);
    part& p = part_of(mixed_key);
    const std::lock_guard lock(p.mutex);
    const auto it = p.taken.find(mixed_key);
    if (--it->second == 0) {
        p.taken.erase(it);
    }
}

admission::place::place(place&& other) noexcept
    : all_(std::exchange(other.all_, nullptr)),
      address_(std::exchange(other.address_, {})),
      uncounted_at_(std::exchange(other.uncounted_at_, {})) {}

admission::place& admission::place::operator=(place&& other) noexcept {
    if (this != &other) {
        leave();
        all_ = std::exchange(other.all_, nullptr);
        address_ = std::exchange(other.address_, {});
        uncounted_at_ = std::exchange(other.uncounted_at_, {});
    }
    return *this;
}

bool admission::place::move_to(const address& who) {
    if (all_ == nullptr || all_->options_.connections_per_address == 0) {
        return true;
    }
    const auto key = address_key(who);
    if (address_ == key) {
        return true;
    }
    if (!all_->enter_address(key)) {
        return false;
    }
    if (address_) {
        all_->leave_address(*address_);
    }
    address_ = key;
    return true;
}

bool admission::place::count_new(const address& who, clock::time_point now) {
    if (all_ == nullptr || !uncounted_at_) {
        return true;
    }
    const auto where = static_cast<std::size_t>(*uncounted_at_);
    uncounted_at_.reset();
    auto& rate = all_->rates_[where];
    if (all_->shares_[where].take(all_->mixed(address_key(who)), now) || rate.has_reserve(now)) {
        return true;
    }
    rate.give_back();
    return false;
}

void admission::place::leave() noexcept {
    if (all_ == nullptr) {
        return;
    }
    if (address_) {
        all_->leave_address(*address_);
    }
    all_->taken_.fetch_sub(1, std::memory_order_relaxed);
    all_ = nullptr;
    address_.reset();
}

}  // namespace gim::net
