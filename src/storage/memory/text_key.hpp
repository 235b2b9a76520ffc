#pragma once

#include "model/ids.hpp"

#include <string>
#include <string_view>

// Orders what has a text by that text, so that sets are searched with any view.
namespace gim::storage {

inline std::string_view text_of(std::string_view text) noexcept {
    return text;
}
inline std::string_view text_of(const std::string* text) noexcept {
    return *text;
}
inline std::string_view text_of(const model::session_id* id) noexcept {
    return id->text();
}

struct text_less {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
        return text_of(a) < text_of(b);
    }
};

}  // namespace gim::storage
