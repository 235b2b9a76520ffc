#include "fuzz/fuzz_target.hpp"
#include "net/chunked_body.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// A body in the chunked coding, and what follows it.

namespace gim::fuzz {

namespace {

constexpr std::size_t max_bytes = 4096;
constexpr std::size_t max_extra_bytes = 256;

struct outcome {
    unsigned status = 1;  // 0: the body is whole; 1: it wants more; else why it is refused
    std::string message;
    std::string data;
    std::size_t used = 0;

    friend bool operator==(const outcome&, const outcome&) = default;
};

class reading {
public:
    void feed(std::string_view bytes) {
        if (out.status != 1) {
            return;
        }
        const auto used = reader_.feed(bytes, out.data);
        require(out.data.size() <= max_bytes, "there is no more data than is allowed");
        if (!used) {
            out = {used.error().status, used.error().message, {}, 0};
            return;
        }
        out.used += *used;
        if (reader_.is_complete()) {
            out.status = 0;
        } else {
            require(*used == bytes.size(), "an unfinished body takes all it is given");
        }
    }

    outcome out;

private:
    net::chunked_body reader_{max_bytes, max_extra_bytes};
};

// Takes what is before the next LF, which CR LF must end. Empty: there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') {
        return std::nullopt;
    }
    const auto line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return line;
}

// The body as a second reader finds it, which looks at whole lines. Whatever the first one takes,
// this one takes in the same way. Empty: it is not whole.
std::optional<outcome> read_by_lines(std::string_view bytes) {
    outcome o;
    o.status = 0;
    auto rest = bytes;
    for (;;) {
        const auto line = take_line(rest);
        if (!line) {
            return std::nullopt;
        }
        const auto digits = line->substr(0, line->find(';'));
        const auto size = std::stoul(std::string(digits), nullptr, 16);
        if (size == 0) {
            break;
        }
        if (rest.size() < size + 2 || rest.substr(size, 2) != "\r\n") {
            return std::nullopt;
        }
        o.data += rest.substr(0, size);
        rest.remove_prefix(size + 2);
    }
    for (;;) {
        const auto line = take_line(rest);
        if (!line) {
            return std::nullopt;
        }
        if (line->empty()) {
            o.used = bytes.size() - rest.size();
            return o;
        }
    }
}

}  // namespace

void chunked_body(std::string_view bytes) {
    reading whole;
    whole.feed(bytes);
    reading single;
    for (const char& c : bytes) {
        single.feed({&c, 1});
    }
    require(single.out == whole.out, "byte by byte is the same as whole");
    reading pieces;
    in_pieces(bytes, bytes.size(), [&](std::string_view piece) { pieces.feed(piece); });
    require(pieces.out == whole.out, "in pieces is the same as whole");
    if (whole.out.status == 0) {
        require(read_by_lines(bytes) == whole.out, "another reader finds the same data and end");
    } else if (whole.out.status != 1) {
        require(
            whole.out.status == 400 || whole.out.status == 413 || whole.out.status == 431, "why"
        );
        require(!whole.out.message.empty(), "a refusal says why");
    }
}

}  // namespace gim::fuzz
