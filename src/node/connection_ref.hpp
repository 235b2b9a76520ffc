#pragma once

#include "auth/room_scope.hpp"
#include "dialects/gim/codec.hpp"
#include "model/message.hpp"
#include "observe/trace/note.hpp"
#include "push/local_audience.hpp"

#include <cstddef>
#include <optional>

namespace gim::node {

// Names a connection from anywhere in the process.
struct connection_ref {
    std::size_t worker = 0;  // the one it lives on
    push::connection_id id = 0;
    native::wire_form form = native::wire_form::json_text;  // what it is pushed
    push::packing packed = push::packing::plain;
    auth::room_scope rooms = {};  // from which it is pushed
};

enum class standing {
    user,
    back_end,  // reads and writes everywhere, in anybody's name
};

// Who asks.
struct caller {
    model::user user;                          // of a back end: in whose name it asks
    std::optional<connection_ref> connection;  // empty: over HTTP
    auth::room_scope rooms = {};               // where the token lets the user in
    standing stands = standing::user;
    trace::note_ptr note = nullptr;  // null: it is not traced
};

}  // namespace gim::node
