#include "tools/client/websocket_dialect.hpp"

#include <algorithm>
#include <cctype>

namespace gim::client {

namespace {

// The sample of RFC 6455, 1.3: a key need not be random where no intermediary caches, and the
// answer to it is known.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::size_t max_head_bytes = 16 * 1024;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

// The accepted key in an answer's head; names of fields know no case (RFC 9110, 5.1).
bool has_accept(std::string_view head) {
    constexpr std::string_view name = "\r\nsec-websocket-accept:";
    const std::size_t at = lower(head).find(name);
    if (at == std::string::npos) {
        return false;
    }
    std::string_view value = head.substr(at + name.size());
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value.starts_with(accept);
}

}  // namespace

std::string websocket_dialect::open() {
    return "GET " + path_ +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: " +
           std::string(key) + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
}

void websocket_dialect::feed(std::string_view bytes, std::string& out, dialect_events& events) {
    if (has_failed_) {
        return;
    }
    out_ = &out;
    events_ = &events;
    if (!is_open_) {
        if (!take_upgrade(bytes, events)) {
            return;
        }
        is_open_ = true;
        on_open(out, events);
    }
    const auto wrong = frames_.feed(bytes, *this);
    if (!wrong.empty() && !has_failed_) {
        has_failed_ = true;
        events.on_failure(wrong);
    }
}

bool websocket_dialect::take_upgrade(std::string_view& bytes, dialect_events& events) {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    const std::size_t had = head_.size();
    head_ += bytes;
    const std::size_t end = head_.find(end_of_head);
    if (end == std::string::npos && head_.size() <= max_head_bytes) {
        return false;
    }
    if (end == std::string::npos || !head_.starts_with("HTTP/1.1 101 ") ||
        !has_accept(std::string_view(head_).substr(0, end))) {
        has_failed_ = true;
        const std::string_view line = std::string_view(head_).substr(0, head_.find("\r\n"));
        events.on_failure("the upgrade was answered with " + std::string(line.substr(0, 80)));
        return false;
    }
    bytes.remove_prefix(end + end_of_head.size() - had);
    std::string().swap(head_);
    return true;
}

void websocket_dialect::on_message(websocket_opcode kind, std::string_view payload) {
    switch (kind) {
        case websocket_opcode::text:
        case websocket_opcode::binary:
            on_text_or_binary(payload, *out_, *events_);
            break;
        case websocket_opcode::ping:
            append_client_frame(websocket_opcode::pong, payload, *out_);
            break;
        case websocket_opcode::close:
            on_close(payload);
            break;
        default:  // a pong that nobody asked for
            break;
    }
}

void websocket_dialect::on_close(std::string_view payload) {
    if (has_failed_) {
        return;
    }
    has_failed_ = true;
    append_client_frame(websocket_opcode::close, payload.substr(0, 2), *out_);
    std::string why = "closed by the server";
    if (payload.size() >= 2) {
        const unsigned code =
            static_cast<unsigned char>(payload[0]) * 256u + static_cast<unsigned char>(payload[1]);
        why += " with " + std::to_string(code);
    }
    if (payload.size() > 2) {
        why += " (" + std::string(payload.substr(2)) + ")";
    }
    events_->on_failure(why);
}

}  // namespace gim::client
