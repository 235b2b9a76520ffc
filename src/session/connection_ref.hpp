#pragma once

#include "auth/room_scope.hpp"
#include "protocol/codec.hpp"
#include "protocol/message.hpp"
#include "push/local_audience.hpp"
#include "trace/note.hpp"

#include <cstddef>
#include <optional>

namespace gim::session {

// Names a connection from anywhere in the process.
struct connection_ref {
    std::size_t worker = 0;  // the one it lives on
    push::connection_id id = 0;
    protocol::wire_form form = protocol::wire_form::json_text;  // what it is pushed
    push::packing packed = push::packing::plain;
    auth::room_scope rooms = {};  // from which it is pushed
};

enum class standing {
    user,
    back_end,  // reads and writes everywhere, in anybody's name
};

// Who asks.
struct caller {
    protocol::user user;                       // of a back end: in whose name it asks
    std::optional<connection_ref> connection;  // empty: over HTTP
    auth::room_scope rooms = {};               // where the token lets the user in
    standing stands = standing::user;
    trace::note_ptr note = nullptr;  // null: it is not traced
};

}  // namespace gim::session
