#pragma once

#include "model/error.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace gim::net {

// Where a page came from, as its browser says (RFC 6454, 6.2), in one form: small letters, and no
// port where it is the scheme's own. Strict: "scheme://host" or "scheme://host:port" and nothing
// more. Empty if it is something else, as "null" is.
std::optional<std::string> normal_origin(std::string_view text);

// The pages that may speak to this server.
//
// Problem: a browser lets any page open a WebSocket to any server, with the visitor's network
// behind it. A client that is no browser sends no Origin, or the one it likes, so this keeps pages
// away and nobody else.
class allowed_origins {
public:
    // Nothing is said: the gateway asks no page where it came from, and the API tells no browser
    // that pages of other origins may read its answers.
    allowed_origins() = default;
    // "https://a.example,https://b.example:8443", or "*" alone for every page.
    static model::result<allowed_origins> parse(std::string_view text);

    // May a request with these values of the field Origin come in? One without any may; one with
    // several may not, since it is not of a browser and two readers may see different ones.
    bool admit(std::span<const std::string_view> values) const;

    // The value of Access-Control-Allow-Origin for a page of this origin; empty: none is sent.
    std::string cors_value(std::string_view origin) const;
    // False: nothing is said.
    bool is_said() const noexcept { return which_ != which::unsaid; }
    // True if answers differ by who asks, which caches must know (Vary).
    bool has_list() const noexcept { return which_ == which::listed; }

private:
    enum class which { unsaid, any, listed };

    bool has(std::string_view origin) const;

    which which_ = which::unsaid;
    std::set<std::string> listed_;
};

}  // namespace gim::net
