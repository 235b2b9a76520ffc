#pragma once

#include "model/ids.hpp"
#include "model/message.hpp"
#include "worker/async_result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gim::storage {

// Is notified of what happens in a store, whoever does it.
//
// A function that throws, for want of memory, has done nothing that counts: the feed keeps its
// place and calls the function again later, perhaps for a part that was done already.
//
// Threads: each is called on the worker whose store it is.
class feed_listener {
public:
    // The next message of a room that is watched: none is left out, and none comes twice.
    virtual void on_message(const model::session_id& room, model::message_ptr m) = 0;
    // Messages of that room are lost, or other ones will have their sequences: whoever knows the
    // old ones must begin anew.
    virtual void on_room_lost(const model::session_id& room) = 0;
    // It is gone with its messages.
    virtual void on_dismissed(const model::session_id& room) = 0;

    // The same for a user who is watched. `except`: a connection of this process that is not to be
    // pushed it.
    virtual void on_private_message(
        std::string_view user,
        model::packet p,
        std::optional<std::uint64_t> except
    ) = 0;
    virtual void on_user_lost(std::string_view user) = 0;
    // A back end of another node wants the user's connections closed.
    virtual void on_disconnect(std::string_view user) = 0;
    // Whether that user is a member of that room must be asked anew.
    virtual void on_membership(std::string_view user, std::string_view room) = 0;
    // The same of all rooms.
    virtual void on_memberships(std::string_view user) = 0;

protected:
    ~feed_listener() = default;
};

// What happens in a store that several processes share, as far as somebody here wants to know.
//
// Threads: its store's.
class feed {
public:
    virtual ~feed() = default;

    // Before anything is watched. `who` is borrowed.
    virtual void listen(feed_listener& who) = 0;

    // From now on, or soon, its messages are told; see watching().
    virtual void watch(const model::session_id& room) = 0;
    virtual void unwatch(const model::session_id& room) = 0;
    // Completes when whatever is sent to it from now on is told. 503 if that cannot be promised.
    // Nothing is awaited if it is not watched.
    virtual worker::async_result<void> watching(const model::session_id& room) = 0;

    // The same for what is sent to a user, and for where the user is a member.
    virtual void watch_user(std::string_view user) = 0;
    virtual void unwatch_user(std::string_view user) = 0;
    virtual worker::async_result<void> watching_user(std::string_view user) = 0;
};

}  // namespace gim::storage
