#include "fuzz/fuzz_target.hpp"
#include "protocol/utf8_check.hpp"
#include "protocol/websocket_opcode.hpp"
#include "unit/protocol/websocket_events.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

// A client's side of a WebSocket: any bytes, cut in any way.

namespace gim::fuzz {

namespace {

constexpr protocol::websocket_reader::limits most{2048, 8};

bool is_utf8(std::string_view text) {
    protocol::utf8_check check;
    return check.feed(text) && check.is_complete();
}

void check(const protocol::websocket_event& e) {
    using kind = protocol::websocket_event::kind;
    switch (e.what) {
        case kind::text:
            require(is_utf8(e.payload), "text is UTF-8");
            [[fallthrough]];
        case kind::binary:
            require(e.payload.size() <= most.message_bytes, "a message keeps its limit");
            break;
        case kind::ping:
        case kind::pong:
            require(e.payload.size() <= protocol::max_control_payload, "control frames are short");
            break;
        case kind::close:
            require(is_utf8(e.payload), "the reason of a close is UTF-8");
            require(e.code >= 1000 && e.code <= 4999, "the code of a close may be sent");
            break;
        case kind::failure:
            require(
                e.code == 1002 || e.code == 1007 || e.code == 1008 || e.code == 1009,
                "a failure has its code"
            );
            break;
    }
}

// Reads all, and demands of every event what must hold. Memory is bounded by what came.
void check_events(std::string_view bytes) {
    protocol::websocket_reader reader(most);
    bool is_over = false;
    while (!bytes.empty()) {
        const auto space = reader.space();
        require(!space.empty(), "there is always space");
        require(reader.extra_bytes() <= 32 * 1024, "memory is bounded by the limit of a message");
        const auto n = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), n);
        reader.commit(n);
        bytes.remove_prefix(n);
        while (const auto e = reader.next()) {
            require(!is_over, "nothing comes behind a close or a failure");
            check(*e);
            using kind = protocol::websocket_event::kind;
            is_over = e->what == kind::close || e->what == kind::failure;
        }
    }
}

}  // namespace

void websocket(std::string_view bytes) {
    check_events(bytes);
    test::event_log whole(most), single(most), pieces(most);
    whole.feed(bytes);
    for (const char& c : bytes) {
        single.feed({&c, 1});
    }
    require(single.seen == whole.seen, "byte by byte is the same as whole");
    in_pieces(bytes, bytes.size(), [&](std::string_view piece) { pieces.feed(piece); });
    require(pieces.seen == whole.seen, "in pieces is the same as whole");
}

}  // namespace gim::fuzz
