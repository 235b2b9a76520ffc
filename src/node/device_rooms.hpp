#pragma once

#include "node/node.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <set>
#include <string_view>

namespace gim::node {

// Which rooms the devices of a user are pushed.

enum class receive { yes, no };

// Tells all devices of a user to receive a room or not; when it completes, they do. Begins and ends
// at the user's home.
boost::asio::awaitable<void>
tell_devices(node& all, std::string_view user, const model::session_id& room, receive what);
// The same without waiting; returns the workers of the devices. REQUIRES: at the user's home.
std::set<std::size_t>
post_to_devices(node& all, std::string_view user, const model::session_id& room, receive what);

// For a store that others change, too: they receive it if the user is a member. It is asked on
// every change, and the answers come in the order of the questions, so the last one is true,
// whoever changed what at the same time. Ends at the user's home.
worker::async_result<void>
match_devices(node& all, std::string_view user, const model::session_id& room);

// Takes a room off the user's list, as the user was found not to be in it. REQUIRES: at the user's
// home. For a store that others change, too.
worker::async_result<void> strike_off(node& all, std::string_view user, std::string_view room);

// When it completes, what is sent to the room is told to this process. Ends on the room's home.
worker::async_result<void> await_watch(node& all, const model::session_id& room);

}  // namespace gim::node
