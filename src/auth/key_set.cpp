#include "auth/key_set.hpp"

#include <algorithm>
#include <utility>

namespace gim::auth {

model::result<void> key_set::add(std::optional<std::string> kid, verification_key key) {
    auto& same = kid ? base::value_at(named_, *kid) : nameless_;
    const auto taken = std::ranges::find(same, key.signs(), &verification_key::signs);
    if (taken == same.end()) {
        same.push_back(std::move(key));
        return {};
    }
    const std::string algorithm(name_of(key.signs()));
    if (!kid) {
        return model::bad_request(
            "there is a key without KID already that checks " + algorithm +
            ": give this one a KID, as tokens name it"
        );
    }
    return model::bad_request(
        "the KID \"" + *kid + "\" is taken by another key that checks " + algorithm
    );
}

token_result<const verification_key*>
key_set::find(std::optional<std::string_view> kid, std::string_view algorithm) const {
    const auto* same = &nameless_;
    if (kid) {
        if (const auto found = named_.find(*kid); found != named_.end()) {
            same = &found->second;
        }
    }
    if (same->empty()) {
        return token_fault::unknown_key;
    }
    const auto found = std::ranges::find_if(*same, [&](const verification_key& key) {
        return name_of(key.signs()) == algorithm;
    });
    if (found == same->end()) {
        return token_fault::wrong_algorithm;
    }
    return &*found;
}

std::size_t key_set::size() const noexcept {
    std::size_t n = nameless_.size();
    for (const auto& [kid, same] : named_) {
        n += same.size();
    }
    return n;
}

std::string key_set::describe() const {
    std::vector<std::string> keys;
    for (const auto& [kid, same] : named_) {
        for (const auto& key : same) {
            keys.push_back(kid + " " + std::string(name_of(key.signs())));
        }
    }
    std::ranges::sort(keys);
    for (const auto& key : nameless_) {
        keys.push_back("one without KID " + std::string(name_of(key.signs())));
    }
    std::string text = std::to_string(size()) + (size() == 1 ? " key" : " keys");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        text += (i == 0 ? ": " : ", ") + keys[i];
    }
    return text;
}

}  // namespace gim::auth
