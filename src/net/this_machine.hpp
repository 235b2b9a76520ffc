#pragma once

#include "net/http_head.hpp"
#include "net/peer.hpp"

namespace gim::net {

// Whether a program or a person on this machine makes the request: what then needs no key.
//
// Problem: a proxy on this machine makes every client look local, and so does a browser on it that
// shows the page of some site, whose name may even lead to 127.0.0.1. So the socket comes from this
// machine, no proxy adds a field, no browser says that a page asks, and the host of the request is
// an address or localhost.
bool is_of_this_machine(const peer& who, const decltype(http_head::request)& head);

}  // namespace gim::net
