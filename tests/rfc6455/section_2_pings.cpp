#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.5.2 and 5.5.3: a ping is answered with what it carried, a pong with nothing.
wire_cases pings() {
    constexpr unsigned ping = 0x89, pong = 0x8a;
    const std::string hello = "Hello, world!";
    const std::string bytes("\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8);
    const std::string longest(125, '\xfe');
    wire_cases all{
        good("2.1", {client_frame(ping, "")}, {pong_line("")}),
        good("2.2", {client_frame(ping, hello)}, {pong_line(hello)}),
        good("2.3", {client_frame(ping, bytes)}, {pong_line(bytes)}),
        good("2.4", {client_frame(ping, longest)}, {pong_line(longest)}),
        bad("2.5", {client_frame(ping, longest + '\xfe')}, 1002),
        good("2.6", {client_frame(ping, longest)}, {pong_line(longest)}),
        good("2.7", {client_frame(pong, "")}, {}),
        good("2.8", {client_frame(pong, "unasked")}, {}),
        good("2.9", {client_frame(pong, "unasked"), client_frame(ping, "asked")}, {"pong asked"}),
    };
    all[5].chop = 1;
    lines sent, answers;
    for (int i = 0; i < 10; ++i) {
        sent.push_back(client_frame(ping, "payload " + std::to_string(i)));
        answers.push_back(pong_line("payload " + std::to_string(i)));
    }
    all.push_back(good("2.10", sent, answers));
    auto in_octets = good("2.11", sent, answers);
    in_octets.chop = 1;
    all.push_back(in_octets);
    return all;
}

}  // namespace gim::test
