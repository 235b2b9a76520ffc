#include "rfc6455/wire_case.hpp"

#include "support/client_frames.hpp"

#include <functional>
#include <utility>

namespace gim::test {

std::string line(std::string_view what, std::string_view payload) {
    constexpr std::size_t shown_bytes = 200;
    std::string out(what);
    if (payload.size() <= shown_bytes) {
        return out.append(" ").append(payload);
    }
    return out + ' ' + std::to_string(payload.size()) + " bytes, hash " +
           std::to_string(std::hash<std::string_view>()(payload));
}

std::string text_line(std::string_view payload) {
    return line("text", payload);
}
std::string binary_line(std::string_view payload) {
    return line("binary", payload);
}
std::string pong_line(std::string_view payload) {
    return line("pong", payload);
}
std::string close_line(unsigned code) {
    return "close " + std::to_string(code);
}

std::string close_payload(unsigned code, std::string_view reason) {
    std::string out{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return out.append(reason);
}

wire_case good(std::string number, lines frames, lines answers) {
    frames.push_back(client_frame(0x88, close_payload(1000)));
    answers.push_back(close_line(1000));
    return {std::move(number), std::move(frames), std::move(answers)};
}

wire_case bad(std::string number, lines frames, unsigned code, lines answers_before) {
    answers_before.push_back(close_line(code));
    return {std::move(number), std::move(frames), std::move(answers_before)};
}

}  // namespace gim::test
