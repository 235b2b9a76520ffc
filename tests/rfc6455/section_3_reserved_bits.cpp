#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.2: no extension was agreed on, so the bits RSV1 to RSV3 must be 0.
wire_cases reserved_bits() {
    const auto with = [](unsigned rsv, unsigned first_byte) { return first_byte | rsv << 4; };
    const std::string hello = "Hello, world!";
    const auto text = client_text(hello);
    const auto ping = client_frame(0x89, "");
    const auto goodbye = client_frame(with(7, 0x88), close_payload(1000));
    wire_cases all{
        bad("3.1", {client_frame(with(1, 0x81), hello)}, 1002),
        bad("3.2", {text, client_frame(with(2, 0x81), hello), ping}, 1002, {text_line(hello)}),
        bad("3.3", {text, client_frame(with(3, 0x81), hello), ping}, 1002, {text_line(hello)}),
        bad("3.4", {text, client_frame(with(4, 0x81), hello), ping}, 1002, {text_line(hello)}),
        bad("3.5", {client_frame(with(5, 0x82), "\xff\xfe\xfd")}, 1002),
        bad("3.6", {client_frame(with(6, 0x89), hello)}, 1002),
        bad("3.7", {goodbye}, 1002),
    };
    all[3].chop = 1;
    return all;
}

}  // namespace gim::test
