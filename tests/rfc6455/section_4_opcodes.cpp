#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.2: opcodes 3 to 7 and 11 to 15 mean nothing yet.
wire_cases opcodes() {
    const std::string hello = "Hello, world!";
    const auto text = client_text(hello);
    const auto ping = client_frame(0x89, "");
    wire_cases all;
    const auto section = [&](const std::string& number, unsigned first_opcode) {
        const auto frame = [&](unsigned n, const std::string& payload) {
            return client_frame(0x80 | (first_opcode + n), payload);
        };
        all.push_back(bad(number + "1", {frame(0, "")}, 1002));
        all.push_back(bad(number + "2", {frame(1, "reserved")}, 1002));
        all.push_back(bad(number + "3", {text, frame(2, ""), ping}, 1002, {text_line(hello)}));
        all.push_back(bad(number + "4", {text, frame(3, hello), ping}, 1002, {text_line(hello)}));
        all.push_back(bad(number + "5", {text, frame(4, hello), ping}, 1002, {text_line(hello)}));
        all.back().chop = 1;
    };
    section("4.1.", 3);
    section("4.2.", 11);
    return all;
}

}  // namespace gim::test
