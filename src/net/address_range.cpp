#include "net/address_range.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace gim::net {

namespace asio = boost::asio;
using asio::ip::address;
using model::result;

namespace {

struct bits_of {
    explicit bits_of(const address& a) {
        if (a.is_v4()) {
            const auto v4 = a.to_v4().to_bytes();
            std::copy(v4.begin(), v4.end(), bytes.begin());
            count = 32;
        } else {
            bytes = a.to_v6().to_bytes();
        }
    }
    bool at(unsigned i) const { return ((bytes[i / 8] >> (7 - i % 8)) & 1) != 0; }

    std::array<std::uint8_t, 16> bytes{};
    unsigned count = 128;
};

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) {
    unsigned n = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    const bool is_number = ec == std::errc{} && end == text.data() + text.size();
    if (!is_number || n > most || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    return n;
}

}  // namespace

result<address_range> address_range::parse(std::string_view text) {
    const auto slash = text.find('/');
    boost::system::error_code ec;
    const auto first = asio::ip::make_address(std::string(text.substr(0, slash)), ec);
    if (ec || text.find('%') != std::string_view::npos) {
        return model::bad_request("must be addresses or CIDR ranges, as 10.0.0.0/8,fd00::/8");
    }
    if (first.is_v6() && first.to_v6().is_v4_mapped()) {
        return model::bad_request("must have IPv4 addresses written as such");
    }
    const bits_of bits(first);
    auto prefix = std::optional<unsigned>(bits.count);
    if (slash != std::string_view::npos) {
        prefix = parse_bits(text.substr(slash + 1), bits.count);
    }
    if (!prefix) {
        return model::bad_request("must have a prefix of 0 to 32 bits (IPv6: 128)");
    }
    for (unsigned i = *prefix; i < bits.count; ++i) {
        if (bits.at(i)) {
            return model::bad_request("must be ranges whose bits behind the prefix are 0");
        }
    }
    return address_range(first, *prefix);
}

bool address_range::contains(const address& a) const {
    if (a.is_v4() != first_.is_v4()) {
        return false;
    }
    const bits_of asked(a);
    const bits_of mine(first_);
    for (unsigned i = 0; i < bits_; ++i) {
        if (asked.at(i) != mine.at(i)) {
            return false;
        }
    }
    return true;
}

result<address_ranges> address_ranges::parse(std::string_view text) {
    address_ranges parsed;
    std::size_t number = 1;
    for (bool has_more = !text.empty(); has_more; ++number) {
        const auto comma = text.find(',');
        auto one = address_range::parse(text.substr(0, comma));
        if (!one) {
            return model::bad_request(
                one.error().message + "; entry " + std::to_string(number) + " is wrong"
            );
        }
        parsed.all_.push_back(*std::move(one));
        has_more = comma != std::string_view::npos;
        text.remove_prefix(has_more ? comma + 1 : text.size());
    }
    return parsed;
}

bool address_ranges::contain(const address& a) const {
    return std::any_of(all_.begin(), all_.end(), [&](const auto& r) { return r.contains(a); });
}

}  // namespace gim::net
