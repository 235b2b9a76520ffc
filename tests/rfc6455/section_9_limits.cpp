#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace gim::test {

namespace {

constexpr std::size_t kibi = 1024;
constexpr std::size_t mebi = kibi * kibi;
constexpr std::size_t most = mebi;       // bytes of a message
constexpr std::size_t most_frames = 64;  // of a message

struct kind {
    unsigned opcode;
    char filling;
    std::string (*line)(std::string_view);
};
constexpr kind text{1, '*', text_line};
constexpr kind binary{2, '\xfe', binary_line};

wire_case whole(const std::string& number, const kind& k, std::size_t length) {
    const std::string payload(length, k.filling);
    const auto frame = client_frame(0x80 | k.opcode, payload);
    return length > most ? bad(number, {frame}, 1009) : good(number, {frame}, {k.line(payload)});
}

wire_case fragmented(const std::string& number, const kind& k, std::size_t fragment) {
    const std::string payload(most, k.filling);
    lines frames;
    for (std::size_t at = 0; at < payload.size(); at += fragment) {
        const unsigned opcode = at == 0 ? k.opcode : 0;
        const unsigned fin = at + fragment >= payload.size() ? 0x80 : 0;
        frames.push_back(client_frame(opcode | fin, payload.substr(at, fragment)));
    }
    if (frames.size() > most_frames) {
        frames.resize(most_frames + 1);
        return bad(number, frames, 1008);
    }
    return good(number, frames, {k.line(payload)});
}

wire_case there_and_back(const std::string& number, const kind& k, std::size_t length) {
    constexpr std::size_t round_trips = 100;
    const std::string payload(length, k.filling);
    auto c = good(
        number,
        lines(round_trips, client_frame(0x80 | k.opcode, payload)),
        lines(round_trips, k.line(payload))
    );
    c.how = pace::answered;
    return c;
}

}  // namespace

// Large messages, many fragments, small writes and round trips. Where the suite asks for more than
// is ever read here (1 MiB, 64 frames), the refusal is the right answer: 1009 and 1008.
wire_cases limits() {
    wire_cases all;
    const auto section = [&](int at, const kind& k) {
        const auto number = [&](int part, int n) {
            return "9." + std::to_string(part + at) + '.' + std::to_string(n);
        };
        int n = 0;
        for (const auto length : {64 * kibi, 256 * kibi, 1 * mebi, 4 * mebi, 8 * mebi, 16 * mebi}) {
            all.push_back(whole(number(1, ++n), k, length));
            all.back().chop = 64 * kibi;
        }
        n = 0;
        // A quarter of the suite's sizes, for a message of 1 MiB where it has 4.
        for (std::size_t fragment = 16; fragment <= most; fragment *= 4) {
            all.push_back(fragmented(number(3, ++n), k, fragment));
            all.back().chop = 64 * kibi;
        }
        n = 0;
        for (std::size_t chop = 64; chop <= 2048; chop *= 2) {
            all.push_back(whole(number(5, ++n), k, most));
            all.back().chop = chop;
        }
        n = 0;
        for (const std::size_t length : {0U, 16U, 64U, 256U, 1024U, 4096U}) {
            all.push_back(there_and_back(number(7, ++n), k, length));
        }
    };
    section(0, text);
    section(1, binary);
    return all;
}

}  // namespace gim::test
