#pragma once

#include "auth/verification_key.hpp"
#include "protocol/error.hpp"
#include "protocol/text_map.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gim::auth {

// The keys that tokens may be signed with, by their id (`kid`). One of them may have none: it is
// for tokens that name no key, or one that is not here.
class key_set {
public:
    // The error says which id is taken: two keys for one token would be one too many.
    protocol::result<void> add(std::optional<std::string> kid, verification_key key);

    // Null: no key is for tokens of that kid. Valid until the next add().
    const verification_key* find(std::optional<std::string_view> kid) const;
    bool is_empty() const noexcept { return !nameless_ && named_.empty(); }
    std::size_t size() const noexcept { return named_.size() + (nameless_ ? 1 : 0); }

    // "2 keys: a RS256, b ES256", by id: a line for the log.
    std::string describe() const;

private:
    std::optional<verification_key> nameless_;
    protocol::text_map<verification_key> named_;
};

}  // namespace gim::auth
