#include "auth/key_set.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace gim::auth {

protocol::result<void> key_set::add(std::optional<std::string> kid, verification_key key) {
    if (!kid) {
        if (nameless_) {
            return protocol::bad_request(
                "there is a key without KID already: give this one a KID, as tokens name it"
            );
        }
        nameless_ = std::move(key);
        return {};
    }
    if (!named_.emplace(*kid, std::move(key)).second) {
        return protocol::bad_request("the KID \"" + *kid + "\" is taken by another key");
    }
    return {};
}

const verification_key* key_set::find(std::optional<std::string_view> kid) const {
    if (kid) {
        if (const auto found = named_.find(*kid); found != named_.end()) {
            return &found->second;
        }
    }
    return nameless_ ? &*nameless_ : nullptr;
}

std::string key_set::describe() const {
    std::vector<std::string> keys;
    for (const auto& [kid, key] : named_) {
        keys.push_back(kid + " " + std::string(name_of(key.signs())));
    }
    std::ranges::sort(keys);
    if (nameless_) {
        keys.push_back("one without KID " + std::string(name_of(nameless_->signs())));
    }
    std::string text = std::to_string(size()) + (size() == 1 ? " key" : " keys");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        text += (i == 0 ? ": " : ", ") + keys[i];
    }
    return text;
}

}  // namespace gim::auth
