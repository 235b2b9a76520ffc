#include "base/utf8_check.hpp"
#include "fuzz/fuzz_target.hpp"
#include "unit/websocket/websocket_events.hpp"
#include "websocket/deflater.hpp"
#include "websocket/inflater.hpp"
#include "websocket/websocket_opcode.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

// A client's side of a WebSocket, with compression agreed on and without: any bytes, cut in any
// way.

namespace gim::fuzz {

namespace {

constexpr websocket::websocket_reader::limits most{2048, 8};
using compression = test::event_log::compression;

bool is_utf8(std::string_view text) {
    base::utf8_check check;
    return check.feed(text) && check.is_complete();
}

void check(const websocket::websocket_event& e) {
    using kind = websocket::websocket_event::kind;
    switch (e.what) {
        case kind::text:
            require(is_utf8(e.payload), "text is UTF-8");
            [[fallthrough]];
        case kind::binary:
            require(e.payload.size() <= most.message_bytes, "a message keeps its limit");
            break;
        case kind::ping:
        case kind::pong:
            require(e.payload.size() <= websocket::max_control_payload, "control frames are short");
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
void check_events(std::string_view bytes, websocket::inflater* inflating) {
    websocket::websocket_reader reader(most);
    bool is_over = false;
    while (!bytes.empty()) {
        const auto space = reader.space();
        require(!space.empty(), "there is always space");
        require(reader.extra_bytes() <= 32 * 1024, "memory is bounded by the limit of a message");
        const auto n = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), n);
        reader.commit(n);
        bytes.remove_prefix(n);
        while (const auto e = reader.next(inflating)) {
            require(!is_over, "nothing comes behind a close or a failure");
            check(*e);
            using kind = websocket::websocket_event::kind;
            is_over = e->what == kind::close || e->what == kind::failure;
        }
        require(
            inflating == nullptr || inflating->capacity() <= most.message_bytes + 1,
            "no more is decompressed than a message may have"
        );
    }
}

void check_cuts(std::string_view bytes, compression agreed) {
    test::event_log whole(most, agreed), single(most, agreed), pieces(most, agreed);
    whole.feed(bytes);
    for (const char& c : bytes) {
        single.feed({&c, 1});
    }
    require(single.seen == whole.seen, "byte by byte is the same as whole");
    in_pieces(bytes, bytes.size(), [&](std::string_view piece) { pieces.feed(piece); });
    require(pieces.seen == whole.seen, "in pieces is the same as whole");
}

// What is decompressed and compressed again is decompressed to the same.
void check_message(std::string_view bytes) {
    static websocket::inflater inflating;
    static websocket::deflater deflating(websocket::deflate_options::least_window_bits);
    if (inflating.inflate(bytes, most.message_bytes) == websocket::inflater::outcome::whole) {
        const std::string plain(inflating.bytes());
        require(plain.size() <= most.message_bytes, "a message keeps its limit");
        std::string again;
        if (deflating.deflate(plain, again)) {
            const auto outcome = inflating.inflate(again, plain.size());
            require(outcome == websocket::inflater::outcome::whole, "what we compress is read");
            require(inflating.bytes() == plain, "and says the same");
        }
    }
}

}  // namespace

void websocket(std::string_view bytes) {
    websocket::inflater inflating;
    check_events(bytes, nullptr);
    check_events(bytes, &inflating);
    check_cuts(bytes, compression::none);
    check_cuts(bytes, compression::agreed);
    check_message(bytes);
}

}  // namespace gim::fuzz
