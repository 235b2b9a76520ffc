#include "storage/presence.hpp"

#include <algorithm>

namespace gim::storage {

bool is_node_address(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 256 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace gim::storage
