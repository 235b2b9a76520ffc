#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::auth {

// The rooms that a token lets its user into: every one, or those that it lists. Copies share the
// list.
class room_scope {
public:
    room_scope() = default;  // every room
    explicit room_scope(std::vector<std::string> rooms) {
        std::ranges::sort(rooms);
        rooms_ = std::make_shared<const std::vector<std::string>>(std::move(rooms));
    }

    bool allows(std::string_view room) const {
        return !rooms_ || std::ranges::binary_search(*rooms_, room);
    }
    // Sorted; null: every room.
    const std::vector<std::string>* listed() const noexcept { return rooms_.get(); }

private:
    std::shared_ptr<const std::vector<std::string>> rooms_;  // sorted; null: every room
};

}  // namespace gim::auth
