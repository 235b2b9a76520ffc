#include "tools/client/gim_proto.hpp"

namespace gim::client {

namespace {

// Protobuf's wire types that proto/gim.proto uses.
constexpr unsigned varint_type = 0;
constexpr unsigned bytes_type = 2;

void append_varint(std::uint64_t value, std::string& out) {
    for (; value >= 0x80; value >>= 7) {
        out += static_cast<char>(value | 0x80);
    }
    out += static_cast<char>(value);
}

void append_number(unsigned field, std::uint64_t value, std::string& out) {
    append_varint(field << 3 | varint_type, out);
    append_varint(value, out);
}

void append_bytes(unsigned field, std::string_view value, std::string& out) {
    append_varint(field << 3 | bytes_type, out);
    append_varint(value.size(), out);
    out += value;
}

void append_frame(std::uint32_t op, std::string_view body, std::string& out) {
    append_number(1, op, out);
    append_bytes(3, body, out);
}

// Steps through the fields of one message.
class fields {
public:
    explicit fields(std::string_view message) : rest_(message) {}

    // False at the end, or when the bytes are no protobuf.
    bool next() {
        std::uint64_t tag = 0;
        if (rest_.empty()) {
            return false;
        }
        is_valid_ = take_varint(tag) && take_varint(number);
        field = tag >> 3;
        if (is_valid_ && (tag & 7) == bytes_type) {
            is_valid_ = number <= rest_.size();
            bytes = rest_.substr(0, number);
            rest_.remove_prefix(bytes.size());
        } else if ((tag & 7) != varint_type) {
            is_valid_ = false;
        }
        return is_valid_;
    }
    bool is_valid() const noexcept { return is_valid_; }

    // Those of the field that next() came to.
    std::uint64_t field = 0;
    std::uint64_t number = 0;  // or how many bytes there are
    std::string_view bytes;

private:
    bool take_varint(std::uint64_t& value) noexcept {
        value = 0;
        for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return true;
            }
        }
        return false;
    }

    std::string_view rest_;
    bool is_valid_ = true;
};

}  // namespace

void gim_proto::login(std::string_view user, std::string& out) const {
    std::string body;
    append_bytes(1, user, body);
    append_frame(101, body, out);
}

void gim_proto::join(std::string_view room, std::string& out) const {
    std::string body;
    append_bytes(1, room, body);
    append_frame(301, body, out);
}

void gim_proto::send(int type, std::string_view target, std::string_view content, std::string& out)
    const {
    std::string body;
    append_number(1, static_cast<std::uint64_t>(type), body);
    append_bytes(2, target, body);
    append_bytes(4, content, body);
    append_frame(201, body, out);
}

void gim_proto::history(std::string_view session, std::size_t limit, std::string& out) const {
    std::string body;
    append_bytes(1, session, body);
    append_number(6, limit, body);
    append_frame(203, body, out);
}

bool gim_proto::read(std::string_view payload, gim_frame& frame) const {
    std::string_view body;
    fields envelope(payload);
    while (envelope.next()) {
        if (envelope.field == 1) {
            frame.op = static_cast<std::uint32_t>(envelope.number);
        } else if (envelope.field == 3) {
            body = envelope.bytes;
        }
    }
    fields inner(body);
    if (frame.op == 107) {
        frame.data = body;
    } else if (frame.op == 207) {
        frame.data = body;
        while (inner.next()) {
            if (inner.field == 3) {
                frame.skipped = inner.number;
            }
        }
    } else {
        while (inner.next()) {
            if (inner.field == 1) {
                frame.code = static_cast<std::int64_t>(inner.number);
            } else if (inner.field == 3) {
                frame.data = inner.bytes;
            }
        }
    }
    return envelope.is_valid() && inner.is_valid();
}

std::string gim_proto::token(std::string_view data) const {
    fields reply(data);
    while (reply.next()) {
        if (reply.field == 1) {
            return std::string(reply.bytes);
        }
    }
    return {};
}

}  // namespace gim::client
