#pragma once

#include <chrono>
#include <cstdint>

namespace gim::load {

// The first bytes of every message's content: who sent it, which of his it is, and when it was to
// be sent. Of fixed width behind a '~', so that memchr() finds them; in sixteen characters that no
// encoding changes and that turn into four bits each by one exclusive or for eight of them: this is
// read at every delivery.
struct marker {
    static constexpr std::size_t length = 1 + 4 + 8 + 16;  // '~', sender, index, time: in @A..O

    std::uint16_t sender = 0;
    std::uint32_t index = 0;  // of this sender, from 0
    std::chrono::steady_clock::time_point intended;

    // REQUIRES: room for `length` bytes at `to`.
    void write(char* to) const noexcept;
    // REQUIRES: `at` holds `length` bytes that begin with '~'. False if it is none.
    bool read(const char* at) noexcept;
};

}  // namespace gim::load
