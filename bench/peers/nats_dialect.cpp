#include "peers/nats_dialect.hpp"

#include <charconv>

namespace gim::bench {
namespace {

constexpr std::string_view end_of_line = "\r\n";
constexpr std::size_t max_line = 64 * 1024;
constexpr std::size_t max_payload = 8 * 1024 * 1024;

void publish(std::string_view subject, std::string_view content, std::string& out) {
    out.append("PUB ").append(subject).append(" ").append(std::to_string(content.size()));
    out.append(end_of_line).append(content).append(end_of_line);
}

// The size that ends a line "MSG SUBJECT SID [REPLY-TO] SIZE"; false if it is none.
bool read_size(std::string_view line, std::size_t& size) {
    const std::string_view digits = line.substr(line.rfind(' ') + 1);
    const auto* end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, size);
    return read.ec == std::errc() && read.ptr == end && size <= max_payload;
}

}  // namespace

nats_dialect::nats_dialect(const client::identity& who)
    : subject_(who.room.empty() ? "u." + std::to_string(who.user) : "r." + who.room) {}

std::string nats_dialect::open() {
    // The server handles operations in order, so its PONG says that the subscription stands.
    return "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB " + subject_ + " 1\r\nPING\r\n";
}

void nats_dialect::feed(std::string_view bytes, std::string& out, client::dialect_events& events) {
    if (!cut_.empty()) {
        cut_ += bytes;
        bytes = cut_;
    }
    while (!bytes.empty() && !has_failed_) {
        const std::size_t used = take(bytes, out, events);
        if (used == 0) {
            break;
        }
        bytes.remove_prefix(used);
    }
    std::string rest(bytes);
    cut_.swap(rest);
}

std::size_t
nats_dialect::take(std::string_view bytes, std::string& out, client::dialect_events& events) {
    const auto fail = [&](std::string_view why) {
        has_failed_ = true;
        events.on_failure(why);
        return std::size_t{0};
    };
    const std::size_t length = bytes.find(end_of_line);
    if (length == bytes.npos) {
        return bytes.size() < max_line ? 0 : fail("a line that does not end");
    }
    const std::string_view line = bytes.substr(0, length);
    std::size_t used = length + end_of_line.size();
    if (line.starts_with("MSG ")) {
        std::size_t size = 0;
        if (!read_size(line, size)) {
            return fail("MSG without a size");
        }
        if (bytes.size() < used + size + end_of_line.size()) {
            return 0;
        }
        events.on_packet(bytes.substr(used, size), 0);
        used += size + end_of_line.size();
    } else if (line == "PING") {
        out += "PONG\r\n";
    } else if (line == "PONG") {
        if (!is_ready_) {
            is_ready_ = true;
            events.on_ready();
        }
    } else if (!line.starts_with("INFO ") && line != "+OK") {
        return fail(line.substr(0, 80));  // -ERR and its reason
    }
    return used;
}

void nats_dialect::send_to_room(std::string_view room, std::string_view content, std::string& out) {
    publish("r." + std::string(room), content, out);
}

void nats_dialect::send_to_user(std::size_t user, std::string_view content, std::string& out) {
    publish("u." + std::to_string(user), content, out);
}

}  // namespace gim::bench
