#include "base/utf8_check.hpp"
#include "fuzz/fuzz_target.hpp"

#include <cstddef>
#include <simdjson.h>
#include <string>
#include <string_view>

// UTF-8 in pieces, against somebody else's reading of it.

namespace gim::fuzz {

namespace {

// The byte at which a check gives up; the length if it does not.
std::size_t given_up_at(std::string_view bytes) {
    base::utf8_check check;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!check.feed(bytes.substr(i, 1))) {
            return i;
        }
    }
    return bytes.size();
}

// Whether some text begins with these bytes.
bool can_go_on(std::string_view bytes) {
    // A character that is cut off is completed by 80 or BF: those are the ends of every range.
    for (const auto* missing : {"", "\x80", "\x80\x80", "\x80\x80\x80"}) {
        for (const bool first_is_highest : {false, true}) {
            auto text = std::string(bytes) + missing;
            if (first_is_highest && *missing != 0) {
                text[bytes.size()] = '\xbf';
            }
            if (simdjson::validate_utf8(text)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

void utf8(std::string_view bytes) {
    const bool is_valid = simdjson::validate_utf8(bytes.data(), bytes.size());
    base::utf8_check whole;
    require((whole.feed(bytes) && whole.is_complete()) == is_valid, "both say the same");

    base::utf8_check pieces;
    bool is_fine = true;
    in_pieces(bytes, bytes.size(), [&](std::string_view piece) {
        is_fine = is_fine && pieces.feed(piece);
    });
    require((is_fine && pieces.is_complete()) == is_valid, "in pieces is the same as whole");

    const auto end = given_up_at(bytes);
    require(can_go_on(bytes.substr(0, end)), "it does not give up too late");
    if (end < bytes.size()) {
        require(!can_go_on(bytes.substr(0, end + 1)), "it does not give up too early");
    }
}

}  // namespace gim::fuzz
