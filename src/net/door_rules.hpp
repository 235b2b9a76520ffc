#pragma once

#include "net/address_range.hpp"
#include "net/origin.hpp"

namespace gim::net {

enum class proxy_protocol { off, required };

// Whom both doors believe, and which pages they let in.
struct door_rules {
    // Who connects from there is a proxy of ours: what it says of its client counts.
    address_ranges trusted_proxies;
    // required: every connection from there begins with a PROXY header. Off: none does, and one is
    // an error like any other. It is never guessed, since a client could send one through a proxy
    // that adds none.
    proxy_protocol proxies_send = proxy_protocol::off;
    allowed_origins origins;
};

}  // namespace gim::net
