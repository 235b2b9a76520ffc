#pragma once

#include "base/salted_hash.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gim::base {

struct text_hash {
    using is_transparent = void;
    // Not noexcept: libstdc++ then stores the hash of each entry and computes none again.
    std::size_t operator()(std::string_view text) const { return hash_for_tables(text); }
};

// A map from texts that is searched with any view, without a temporary string.
template <class T>
using text_map = std::unordered_map<std::string, T, text_hash, std::equal_to<>>;

// The value of the key; made from nothing if it is not there.
template <class T>
T& value_at(text_map<T>& map, std::string_view key) {
    if (const auto found = map.find(key); found != map.end()) {
        return found->second;
    }
    return map.try_emplace(std::string(key)).first->second;
}

}  // namespace gim::base
