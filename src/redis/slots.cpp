#include "redis/slots.hpp"

#include "redis/number.hpp"

#include <boost/crc.hpp>

#include <limits>

namespace gim::redis {

namespace {

bool is_port(std::int64_t n) noexcept {
    return n > 0 && n <= std::numeric_limits<std::uint16_t>::max();
}

}  // namespace

std::uint16_t slot_of(std::string_view key) noexcept {
    if (const auto open = key.find('{'); open != std::string_view::npos) {
        const auto close = key.find('}', open + 1);
        if (close != std::string_view::npos && close > open + 1) {
            key = key.substr(open + 1, close - open - 1);
        }
    }
    boost::crc_xmodem_t crc;
    crc.process_bytes(key.data(), key.size());
    return static_cast<std::uint16_t>(crc.checksum() % slot_count);
}

std::vector<slot_range> parse_slots(reply_view reply) {
    constexpr auto slots = static_cast<std::int64_t>(slot_count);
    std::vector<slot_range> out;
    for (std::size_t i = 0; i < reply.size(); ++i) {
        const auto range = reply[i];
        const auto first = range[0].integer();
        const auto last = range[1].integer();
        const auto port = range[2][1].integer();
        if (first >= 0 && first <= last && last < slots && is_port(port)) {
            out.push_back(
                {static_cast<std::uint16_t>(first),
                 static_cast<std::uint16_t>(last),
                 std::string(range[2][0].text()),
                 static_cast<std::uint16_t>(port)}
            );
        }
    }
    return out;
}

std::optional<redirection> parse_redirection(std::string_view error) {
    constexpr std::string_view moved = "MOVED ";
    constexpr std::string_view ask = "ASK ";
    redirection out;
    out.is_asking = error.starts_with(ask);
    if (!out.is_asking && !error.starts_with(moved)) {
        return std::nullopt;
    }
    error.remove_prefix(out.is_asking ? ask.size() : moved.size());
    const auto space = error.find(' ');
    const auto colon = error.rfind(':');  // an address of IPv6 has others
    if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) {
        return std::nullopt;
    }
    out.host = error.substr(space + 1, colon - space - 1);
    const auto slot = read_number<std::uint16_t>(error.substr(0, space));
    const auto port = read_number<std::uint16_t>(error.substr(colon + 1));
    if (!slot || *slot >= slot_count || !port || *port == 0) {
        return std::nullopt;
    }
    out.slot = *slot;
    out.port = *port;
    return out;
}

}  // namespace gim::redis
