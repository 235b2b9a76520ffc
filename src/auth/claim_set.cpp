#include "auth/claim_set.hpp"

#include "json/json_reader.hpp"
#include "model/ids.hpp"

#include <algorithm>
#include <utility>

namespace gim::auth {

namespace {

using json::json_kind;

// Each thread has its own reader, so its memory is taken once.
json::json_reader& my_reader() {
    thread_local json::json_reader mine;
    return mine;
}

// Calls `look` with the value and, if it is an array, its elements. Not if it is null, or breaks
// the rules of the reader.
template <class Look>
void look_into(const json::json_member* member, Look look) {
    if (member == nullptr) {
        return;
    }
    const auto text = std::string("{\"v\":").append(member->value).append("}");
    json::lent_json_reader reader(my_reader(), text.size());
    const auto read = reader->read(text, "claim", "v");
    if (!read) {
        return;
    }
    if (const auto* value = (*read)->fields.find("v")) {
        look(*value, (*read)->elements);
    }
}

using elements = std::vector<json::json_element>;

}  // namespace

std::optional<claim_set>
claim_set::read(std::string_view json, std::span<const std::string_view> looked_at) {
    auto members = json::find_members(json);
    if (!members) {
        return std::nullopt;
    }
    claim_set found;
    for (auto& m : *members) {
        if (std::ranges::find(looked_at, m.name) == looked_at.end()) {
            continue;
        }
        if (found.has(m.name)) {
            return std::nullopt;
        }
        found.members_.push_back(std::move(m));
    }
    return found;
}

const json::json_member* claim_set::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(members_, name, &json::json_member::name);
    return found == members_.end() ? nullptr : &*found;
}

bool claim_set::is_given(std::string_view name) const noexcept {
    const auto* member = find(name);
    return member != nullptr && member->value != "null";
}

std::optional<std::string> claim_set::text(std::string_view name) const {
    std::optional<std::string> text;
    look_into(find(name), [&](const json::json_field& value, const elements&) {
        if (value.kind == json_kind::string) {
            text = value.string;
        }
    });
    return text;
}

bool claim_set::names(std::string_view name, std::string_view wanted) const {
    bool is_named = false;
    look_into(find(name), [&](const json::json_field& value, const elements& list) {
        const auto is_wanted = [&](const json::json_field& v) {
            return v.kind == json_kind::string && v.string == wanted;
        };
        is_named = is_wanted(value) ||
                   std::ranges::any_of(list, [&](const auto& one) { return is_wanted(one.value); });
    });
    return is_named;
}

std::optional<std::int64_t> claim_set::milliseconds(std::string_view name, std::int64_t most)
    const {
    std::optional<std::int64_t> ms;
    look_into(find(name), [&](const json::json_field& value, const elements&) {
        if (value.kind == json_kind::integer && value.integer >= 0 && value.integer <= most) {
            ms = value.integer * 1000;
        } else if (value.kind == json_kind::fraction && value.fraction >= 0 && value.fraction <= static_cast<double>(most)) {
            ms = static_cast<std::int64_t>(value.fraction * 1000);
        }
    });
    return ms;
}

std::optional<room_scope> claim_set::rooms() const {
    const auto* member = find("rooms");
    if (member == nullptr) {
        return room_scope();
    }
    std::optional<room_scope> scope;
    look_into(member, [&](const json::json_field& value, const elements& list) {
        std::vector<std::string> rooms;
        for (const auto& [room, fields] : list) {
            if (room.kind != json_kind::string || !model::is_valid_id(room.string)) {
                return;
            }
            rooms.emplace_back(room.string);
        }
        if (value.kind == json_kind::array) {
            scope.emplace(std::move(rooms));
        }
    });
    return scope;
}

}  // namespace gim::auth
