#pragma once

#include "model/error.hpp"

#include <boost/asio/ip/address.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace gim::net {

// The addresses whose first bits are the same (RFC 4632, 3.1): "10.0.0.0/8", "fd00::/8"; one alone
// is written "192.0.2.1".
class address_range {
public:
    // Strict: the bits behind the prefix must be 0, so that "10.1.2.3/8" does not hide a mistake.
    static model::result<address_range> parse(std::string_view text);

    // REQUIRES: `a` is plain() (src/net/admission.hpp).
    bool contains(const boost::asio::ip::address& a) const;

private:
    address_range(const boost::asio::ip::address& first, unsigned bits)
        : first_(first), bits_(bits) {}

    boost::asio::ip::address first_;
    unsigned bits_;  // of the prefix
};

// Several ranges; none contain anything.
class address_ranges {
public:
    // "10.0.0.0/8,192.0.2.1", without spaces; an empty text is no range.
    static model::result<address_ranges> parse(std::string_view text);

    bool is_empty() const noexcept { return all_.empty(); }
    // REQUIRES: `a` is plain().
    bool contain(const boost::asio::ip::address& a) const;

private:
    std::vector<address_range> all_;
};

}  // namespace gim::net
