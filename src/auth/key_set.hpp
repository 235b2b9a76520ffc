#pragma once

#include "auth/token_fault.hpp"
#include "auth/verification_key.hpp"
#include "base/text_map.hpp"
#include "model/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::auth {

// The keys that tokens may be signed with, by their id (`kid`) and the algorithm for which they
// are. Some may have no id: they are for tokens that name no key, or one that is not here.
class key_set {
public:
    // The error says what is taken: two keys for one token would be one too many.
    model::result<void> add(std::optional<std::string> kid, verification_key key);

    // The key for tokens of that kid and algorithm (`alg`), valid until the next add(). Without one
    // it is unknown_key; wrong_algorithm if only the keys for other algorithms have that kid.
    token_result<const verification_key*>
    find(std::optional<std::string_view> kid, std::string_view algorithm) const;
    bool is_empty() const noexcept { return nameless_.empty() && named_.empty(); }
    std::size_t size() const noexcept;

    // "2 keys: a RS256, b ES256", by id: a line for the log.
    std::string describe() const;

private:
    using same_id = std::vector<verification_key>;  // at most one of an algorithm

    same_id nameless_;
    base::text_map<same_id> named_;
};

}  // namespace gim::auth
