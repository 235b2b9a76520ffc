#include "peers/mqtt_dialect.hpp"

namespace gim::bench {
namespace {

// The first byte of a packet (MQTT 3.1.1, 2.2).
constexpr unsigned char connect = 0x10;
constexpr unsigned char connack = 0x20;
constexpr unsigned char publish_qos_0 = 0x30;
constexpr unsigned char subscribe = 0x82;
constexpr unsigned char suback = 0x90;

void append_text(std::string_view text, std::string& out) {
    out += static_cast<char>(text.size() >> 8);
    out += static_cast<char>(text.size() & 0xFF);
    out += text;
}

// The remaining length: seven bits a byte, the least significant ones first (2.2.3).
void append_packet(unsigned char head, std::string_view body, std::string& out) {
    out += static_cast<char>(head);
    std::size_t left = body.size();
    do {
        const std::size_t digit = left & 0x7F;
        left >>= 7;
        out += static_cast<char>(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    out += body;
}

void publish(std::string_view topic, std::string_view content, std::string& out) {
    std::string body;
    append_text(topic, body);
    body += content;
    append_packet(publish_qos_0, body, out);
}

}  // namespace

mqtt_dialect::mqtt_dialect(const client::identity& who)
    : client_id_("u" + std::to_string(who.user)),
      topic_(who.room.empty() ? "u/" + std::to_string(who.user) : "r/" + who.room) {}

std::string mqtt_dialect::open() {
    std::string body;
    append_text("MQTT", body);
    body += '\x04';                            // version 3.1.1
    body += '\x02';                            // a clean session
    body.append(std::string_view("\0\0", 2));  // no keep-alive
    append_text(client_id_, body);
    std::string packet;
    append_packet(connect, body, packet);
    return packet;
}

void mqtt_dialect::feed(std::string_view bytes, std::string& out, client::dialect_events& events) {
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
mqtt_dialect::take(std::string_view bytes, std::string& out, client::dialect_events& events) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::string_view wrong;
    std::size_t length = 0;
    std::size_t head = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (head == bytes.size()) {
            return 0;
        }
        length |= std::size_t{at(head) & 0x7FU} << shift;
        if (at(head++) < 0x80) {
            break;
        }
        if (shift == 21) {
            wrong = "a length of more than four bytes";
            break;
        }
    }
    if (wrong.empty()) {
        if (bytes.size() - head < length) {
            return 0;
        }
        wrong = on_packet(at(0), bytes.substr(head, length), out, events);
    }
    if (!wrong.empty()) {
        has_failed_ = true;
        events.on_failure(wrong);
        return 0;
    }
    return head + length;
}

std::string_view mqtt_dialect::on_packet(
    unsigned char head,
    std::string_view body,
    std::string& out,
    client::dialect_events& events
) {
    switch (head) {
        case publish_qos_0: {
            if (body.size() < 2) {
                return "PUBLISH without a topic";
            }
            const std::size_t topic = static_cast<std::size_t>(
                static_cast<unsigned char>(body[0]) << 8 | static_cast<unsigned char>(body[1])
            );
            if (body.size() < 2 + topic) {
                return "PUBLISH with a topic that is cut";
            }
            events.on_packet(body.substr(2 + topic), 0);
            return {};
        }
        case connack: {
            if (body.size() != 2 || body[1] != 0) {
                return "the connection was refused";
            }
            std::string request("\0\1", 2);  // the packet's identifier
            append_text(topic_, request);
            request += '\0';  // QoS 0
            append_packet(subscribe, request, out);
            return {};
        }
        case suback:
            if (body.size() != 3 || body[2] != 0) {
                return "the subscription was refused";
            }
            events.on_ready();
            return {};
        default:
            return "a packet that nobody asked for";
    }
}

void mqtt_dialect::send_to_room(std::string_view room, std::string_view content, std::string& out) {
    publish("r/" + std::string(room), content, out);
}

void mqtt_dialect::send_to_user(std::size_t user, std::string_view content, std::string& out) {
    publish("u/" + std::to_string(user), content, out);
}

}  // namespace gim::bench
