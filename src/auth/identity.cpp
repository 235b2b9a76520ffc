#include "auth/identity.hpp"

#include "model/ids.hpp"
#include "model/requests.hpp"

#include <cassert>
#include <stdexcept>
#include <utility>

namespace gim::auth {

namespace {

// Of the UTF-8 character that begins with this byte.
std::size_t length_of(unsigned char lead) noexcept {
    return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// C0, DEL, and C1 as UTF-8 writes it (C2 80 to C2 9F).
bool is_control(std::string_view character) noexcept {
    const auto lead = static_cast<unsigned char>(character.front());
    return lead < 0x20 || lead == 0x7F ||
           (lead == 0xC2 && static_cast<unsigned char>(character.back()) < 0xA0);
}

}  // namespace

model::error back_ends_only() {
    return model::forbidden("id: system is for back ends");
}

model::result<identity> identity::of(std::string id) {
    if (id == model::system_user_id) {
        return back_ends_only();
    }
    return identity(std::move(id));
}

identity::identity(
    std::string id,
    std::optional<std::string> known_as,
    room_scope may_use,
    std::optional<std::int64_t> ends_at
)
    : name(std::move(known_as)),
      rooms(std::move(may_use)),
      expires_at(ends_at),
      id_(std::move(id)) {
    assert(model::is_valid_id(id_));
    if (id_ == model::system_user_id) {
        throw std::invalid_argument("an identity with the id of back ends");
    }
}

std::optional<std::string> usable_name(std::string_view said) {
    std::string name;
    while (!said.empty()) {
        const auto character = said.substr(0, length_of(static_cast<unsigned char>(said.front())));
        said.remove_prefix(character.size());
        if (is_control(character)) {
            continue;
        }
        if (name.size() + character.size() > model::max_name_bytes) {
            break;
        }
        name += character;
    }
    return name.empty() ? std::nullopt : std::optional(std::move(name));
}

}  // namespace gim::auth
