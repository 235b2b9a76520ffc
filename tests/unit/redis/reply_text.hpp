#pragma once

#include "redis/reply.hpp"

#include <cstddef>
#include <string>

namespace gim::test {

// A reply on one line, all of it: nil, 7, "text", !error, [element, ...].
inline std::string reply_text(redis::reply_view r) {
    if (r.is_nil()) {
        return "nil";
    }
    if (r.is_error()) {
        return "!" + std::string(r.text());
    }
    if (r.size() > 0) {
        std::string out;
        for (std::size_t i = 0; i < r.size(); ++i) {
            out += (i == 0 ? "[" : ", ") + reply_text(r[i]);
        }
        return out + "]";
    }
    // An empty array and an empty text answer every question alike.
    const bool is_number = r.text().empty() && r.integer() != 0;
    return is_number ? std::to_string(r.integer()) : "\"" + std::string(r.text()) + "\"";
}

}  // namespace gim::test
