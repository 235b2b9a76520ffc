#include "tools/client/http_dialect.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

namespace gim::client {

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr std::size_t max_head_bytes = 16 * 1024;

}  // namespace

// Asked before anything is measured, so that the connection is known to work.
std::string http_dialect::open() {
    return "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

void http_dialect::ask_history(
    std::string_view session,
    std::size_t limit,
    std::string_view token,
    std::string& out
) {
    out.append("GET /v1/sessions/").append(session).append("/messages?limit=");
    out.append(std::to_string(limit)).append(" HTTP/1.1\r\nHost: localhost\r\n");
    out.append("Authorization: Bearer ").append(token).append("\r\n\r\n");
}

void http_dialect::feed(std::string_view bytes, std::string&, dialect_events& events) {
    while (!bytes.empty() && !has_failed_) {
        if (body_ == 0) {
            const std::size_t had = head_.size();
            head_ += bytes;
            const std::size_t end = head_.find(end_of_head);
            if (end == std::string::npos && head_.size() <= max_head_bytes) {
                return;
            }
            constexpr std::string_view field = "\r\nContent-Length: ";
            const std::size_t length = head_.substr(0, end).find(field);
            if (end == std::string::npos || length == std::string::npos) {
                has_failed_ = true;
                events.on_failure("an answer without a length: " + head_.substr(0, 80));
                return;
            }
            const char* const digits = head_.data() + length + field.size();
            std::from_chars(digits, head_.data() + head_.size(), body_);
            is_ok_ = head_.starts_with("HTTP/1.1 200 ");
            bytes.remove_prefix(end + end_of_head.size() - had);
            head_.clear();
        }
        const std::size_t taken = std::min(body_, bytes.size());
        bytes.remove_prefix(taken);
        body_ -= taken;
        if (body_ > 0) {
            return;
        }
        if (is_ready_) {
            events.on_answer(is_ok_);
        } else if (is_ok_) {
            is_ready_ = true;
            events.on_ready();
        } else {
            has_failed_ = true;
            events.on_failure("the HTTP API is not healthy");
        }
    }
}

void http_dialect::send_to_room(std::string_view, std::string_view, std::string&) {
    assert(false);
}

void http_dialect::send_to_user(std::size_t, std::string_view, std::string&) {
    assert(false);
}

}  // namespace gim::client
