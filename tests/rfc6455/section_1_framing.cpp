#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.2: one frame of each way to write a length, and the lengths around them.
wire_cases framing() {
    wire_cases all;
    const auto add = [&](const std::string& number, std::size_t length, std::size_t chop) {
        const std::string letters(length, '*');
        auto text = good("1.1." + number, {client_frame(0x81, letters)}, {text_line(letters)});
        text.chop = chop;
        all.push_back(text);
        const std::string bytes(length, '\xfe');
        auto binary = good("1.2." + number, {client_frame(0x82, bytes)}, {binary_line(bytes)});
        binary.chop = chop;
        all.push_back(binary);
    };
    const std::size_t lengths[] = {0, 125, 126, 127, 128, 65535, 65536};
    int n = 0;
    for (const auto length : lengths) {
        add(std::to_string(++n), length, 0);
    }
    add("8", 65536, 997);
    return all;
}

}  // namespace gim::test
