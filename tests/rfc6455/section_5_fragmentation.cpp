#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.4: fragments are joined, control frames may stand between them and are never in
// fragments themselves, and fragments of two messages never mix.
wire_cases fragmentation() {
    constexpr unsigned first_text = 0x01, more = 0x00, last = 0x80, ping = 0x89;
    const auto one = client_frame(first_text, "fragment1");
    const auto two = client_frame(last, "fragment2");
    const auto joined = text_line("fragment1fragment2");
    const auto asked = client_frame(ping, "ping payload");
    const auto pong = pong_line("ping payload");
    const auto hello = client_text("Hello, world!");
    const auto stray_last = client_frame(last, "non-continuation");
    const auto stray_more = client_frame(more, "non-continuation");

    wire_cases all{
        bad("5.1", {client_frame(0x09, "fragment1"), two}, 1002),
        bad("5.2", {client_frame(0x0a, "fragment1"), two}, 1002),
    };
    // The same frames three times: as they come, frame by frame, and octet by octet.
    int n = 3;
    const auto add_thrice = [&](wire_case c) {
        for (int i = 0; i < 3; ++i) {
            c.number = "5." + std::to_string(n++);
            c.chop = i == 2 ? 1 : 0;
            all.push_back(c);
        }
    };
    add_thrice(good("", {one, two}, {joined}));
    add_thrice(good("", {one, asked, two}, {pong, joined}));
    add_thrice(bad("", {stray_last, hello}, 1002));
    add_thrice(bad("", {stray_more, hello}, 1002));

    all.push_back(bad("5.15", {one, two, stray_more, hello}, 1002, {joined}));
    lines twice_more, twice_last;
    for (int i = 0; i < 2; ++i) {
        for (const auto& frame : {stray_more, one, two}) {
            twice_more.push_back(frame);
        }
        for (const auto& frame : {stray_last, one, two}) {
            twice_last.push_back(frame);
        }
    }
    all.push_back(bad("5.16", twice_more, 1002));
    all.push_back(bad("5.17", twice_last, 1002));
    all.push_back(bad("5.18", {one, client_frame(0x81, "fragment2")}, 1002));

    const lines five{
        client_frame(first_text, "fragment1"),
        client_frame(more, "fragment2"),
        client_frame(ping, "pongme 1!"),
        client_frame(more, "fragment3"),
        client_frame(more, "fragment4"),
        client_frame(ping, "pongme 2!"),
        client_frame(last, "fragment5")};
    const lines answers{
        pong_line("pongme 1!"),
        pong_line("pongme 2!"),
        text_line("fragment1fragment2fragment3fragment4fragment5")};
    all.push_back(good("5.19", five, answers));
    all.push_back(good("5.20", five, answers));
    all.back().chop = 1;
    return all;
}

}  // namespace gim::test
