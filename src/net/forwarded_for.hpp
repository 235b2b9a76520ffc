#pragma once

#include "model/error.hpp"
#include "net/address_range.hpp"

#include <boost/asio/ip/address.hpp>

#include <span>
#include <string_view>

namespace gim::net {

// Who asks, when `from` has connected to us and the request has these values of X-Forwarded-For, in
// their order.
//
// Every proxy appends who connected to it, so the list is read from its end, and only as long as
// those who wrote it are trusted: what a client made up itself stands before what our proxies say
// and is never looked at. Where all are trusted, it is the first. The error names what is none of
// "192.0.2.1", "192.0.2.1:5000", "2001:db8::1" and "[2001:db8::1]:5000".
model::result<boost::asio::ip::address> forwarded_for(
    const boost::asio::ip::address& from,
    std::span<const std::string_view> values,
    const address_ranges& trusted
);

}  // namespace gim::net
