#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// A case of the list: what a client sends, and all that must come back until the end of the stream.
namespace gim::test {

using lines = std::vector<std::string>;

// How the frames of a case are cut and paced.
enum class pace {
    every,     // in turn: all in one write, a write a frame, and a write for each few bytes
    answered,  // a frame is sent when the one before has been answered
};

struct wire_case {
    std::string number;    // that of Autobahn's test suite for the same question
    lines frames;          // one element a frame; the last may be the beginning of one
    lines answers;         // "text hello", "pong hello", "close 1000": a line a frame
    std::size_t chop = 0;  // bytes a write; 0: as `how` says
    pace how = pace::every;
};
using wire_cases = std::vector<wire_case>;

// A frame of an answer in one line; of a long payload its length and a hash.
std::string line(std::string_view what, std::string_view payload);
std::string text_line(std::string_view payload);
std::string binary_line(std::string_view payload);
std::string pong_line(std::string_view payload);
std::string close_line(unsigned code);

// The payload of a close frame.
std::string close_payload(unsigned code, std::string_view reason = "");

// A case that a client ends well, by closing with 1000.
wire_case good(std::string number, lines frames, lines answers);
// A case in which the server closes with that code; the client never answers it.
wire_case bad(std::string number, lines frames, unsigned code, lines answers_before = {});

// The sections of the list.
wire_cases framing();           // 1
wire_cases pings();             // 2
wire_cases reserved_bits();     // 3
wire_cases opcodes();           // 4
wire_cases fragmentation();     // 5
wire_cases utf8();              // 6
wire_cases closing();           // 7
wire_cases limits();            // 9
wire_cases auto_fragmenting();  // 10

}  // namespace gim::test
