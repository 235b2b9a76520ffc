#include "rfc6455/wire_case.hpp"
#include "support/client_frames.hpp"

#include <string>

namespace gim::test {

// RFC 6455, 5.5.1, 7.1 and 7.4: nothing is answered behind a close, whose payload is nothing or a
// code that may be sent and a reason in UTF-8.
wire_cases closing() {
    constexpr unsigned first_text = 0x01, last = 0x80, ping = 0x89, goodbye = 0x88;
    const auto close_with = [](unsigned code, const std::string& reason = "") {
        return client_frame(goodbye, close_payload(code, reason));
    };
    const auto close = close_with(1000);
    const auto hello = client_text("Hello World!");
    const std::string large(256 * 1024, 'B');

    wire_cases all{
        good("7.1.1", {hello}, {text_line("Hello World!")}),
        {"7.1.2", {close, close}, {close_line(1000)}},
        {"7.1.3", {close, client_frame(ping, "")}, {close_line(1000)}},
        {"7.1.4", {close, hello}, {close_line(1000)}},
        {"7.1.5",
         {client_frame(first_text, "fragment1"), close, client_frame(last, "fragment2")},
         {close_line(1000)}},
        {"7.1.6",
         {client_text(large), hello, close, client_frame(ping, "")},
         {text_line(large), text_line("Hello World!"), close_line(1000)}},
        {"7.3.1", {client_frame(goodbye, "")}, {close_line(1000)}},
        bad("7.3.2", {client_frame(goodbye, "a")}, 1002),
        {"7.3.3", {close}, {close_line(1000)}},
        {"7.3.4", {close_with(1000, "Hello World!")}, {close_line(1000)}},
        {"7.3.5", {close_with(1000, std::string(123, '*'))}, {close_line(1000)}},
        bad("7.3.6", {close_with(1000, std::string(124, '*'))}, 1002),
        bad("7.5.1", {close_with(1000, "\xce\xba\xe1\xbd\xb9\xcf\x83\xed\xa0\x80")}, 1002),
    };
    int n = 0;
    for (const unsigned code :
         {1000U,
          1001U,
          1002U,
          1003U,
          1007U,
          1008U,
          1009U,
          1010U,
          1011U,
          3000U,
          3999U,
          4000U,
          4999U}) {
        all.push_back({"7.7." + std::to_string(++n), {close_with(code)}, {close_line(code)}});
    }
    n = 0;
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1016U, 1100U, 2000U, 2999U}) {
        all.push_back(bad("7.9." + std::to_string(++n), {close_with(code)}, 1002));
    }
    all.push_back(bad("7.13.1", {close_with(5000)}, 1002));
    all.push_back(bad("7.13.2", {close_with(65535)}, 1002));
    return all;
}

}  // namespace gim::test
