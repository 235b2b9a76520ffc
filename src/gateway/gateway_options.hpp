#pragma once

#include "dialects/gim/codec.hpp"
#include "gateway/request_rate.hpp"
#include "net/door_rules.hpp"
#include "net/http_head.hpp"
#include "net/tls_context.hpp"
#include "push/flush_list.hpp"
#include "push/outbox.hpp"
#include "websocket/deflater.hpp"
#include "worker/memory_budget.hpp"
#include "worker/memory_part.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace gim::gateway {

struct gateway_options {
    // What connections begin TLS with. Null: they are plain. Borrowed.
    const net::tls_context* tls = nullptr;

    // What clients that offer permessage-deflate (RFC 7692) get; empty: no compression.
    std::optional<websocket::deflate_options> compression = {};

    // Before a connection has sent a frame, this is the form of what it is sent.
    native::wire_form first_form = native::wire_form::json_text;

    // The server pings a connection that was silent for half of this, and closes it with 4004 when
    // nothing came for all of it.
    std::chrono::steady_clock::duration heartbeat_interval = std::chrono::seconds(60);
    // A connection must log in within this time after the upgrade, or it is closed with 4501.
    std::chrono::steady_clock::duration login_timeout = std::chrono::seconds(10);
    // The TLS handshake, if any, and the head of the upgrade request must be whole within this
    // time, or the socket is closed.
    std::chrono::steady_clock::duration upgrade_timeout = std::chrono::seconds(5);
    // A message must be whole within this time after its first byte, or the connection is closed
    // with 1008.
    std::chrono::steady_clock::duration message_timeout = std::chrono::seconds(10);
    // How long a closing connection may take to write what is left and to hear the peer's close.
    std::chrono::steady_clock::duration close_timeout = std::chrono::seconds(2);

    // Longer messages are answered with close code 1009. Never more than max_message_bytes.
    std::size_t message_bytes = 64 * 1024;
    static constexpr std::size_t max_message_bytes = 1024 * 1024;
    // The same before login, so that strangers hold little memory.
    std::size_t login_message_bytes = 4 * 1024;
    // A message in more frames than this is answered with close code 1008.
    std::size_t message_frames = 64;
    // After so many frames in a row that do not decode, the connection is closed with 4504.
    std::size_t undecodable_frames = 10;

    request_rate_options requests = {};

    // What the kernel keeps of what was written and not yet acknowledged, of each connection; it
    // doubles the number. 0: it decides, up to some megabytes for one that does not read. Larger:
    // more memory, and faster over long ways.
    std::size_t send_buffer_bytes = 0;
    // How much the head of the upgrade request may have.
    net::http_limits http = {};
    net::door_rules doors = {};

    push::outbox_options outbox = {};
    // What may wait at both doors of the process together. Where little of it is left, those that
    // read nothing or too slowly are closed with 4000. 0: no limit.
    std::size_t pending_bytes = 0;
    // Holds that limit, for both doors. Null: there is none. Borrowed.
    worker::memory_budget* memory = nullptr;
    // How much of it messages that are not whole yet may have. A connection whose message does not
    // fit is closed with 1013. Null: there is no limit. Borrowed.
    worker::memory_part* unfinished = nullptr;
    // A connection is closed with 4000 if a byte is older that is of no burst (outbox). 0: no
    // limit.
    std::chrono::steady_clock::duration outbox_age = std::chrono::seconds(5);
    push::flush_options flushing = {};
};

}  // namespace gim::gateway
