#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// A sender that cuts what it sends into frames of a fixed size.
wire_cases auto_fragmenting() {
    constexpr std::size_t fragment = 1300;
    const std::string payload(65536, '*');
    lines frames;
    for (std::size_t at = 0; at < payload.size(); at += fragment) {
        const unsigned opcode = at == 0 ? 1 : 0;
        const unsigned fin = at + fragment >= payload.size() ? 0x80 : 0;
        frames.push_back(client_frame(opcode | fin, payload.substr(at, fragment)));
    }
    return {good("10.1.1", frames, {text_line(payload)})};
}

}  // namespace gim::test
