#pragma once

#include "net/http_head.hpp"
#include "net/peer.hpp"

namespace gim::net {

// Whether a request was made on this machine, by somebody who is there: what needs no key then.
//
// Problem: a proxy here makes everybody look so, and a page of some site, in a browser here, may
// have its own name lead to 127.0.0.1. So the socket must come from here, no proxy may have said
// anything about it, and the host that is asked must be an address or localhost.
bool is_of_this_machine(const peer& who, const decltype(http_head::request)& head);

}  // namespace gim::net
