#include "gateway/subprotocols.hpp"

#include "net/trimmed.hpp"

#include <algorithm>

namespace gim::gateway {

namespace {

bool is_token_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

model::result<subprotocols> read_subprotocols(std::span<const std::string_view> fields) {
    subprotocols found;
    for (std::string_view list : fields) {
        while (!list.empty()) {
            const auto end = std::min(list.find(','), list.size());
            const auto name = net::trimmed(list.substr(0, end));
            list.remove_prefix(std::min(end + 1, list.size()));
            if (name.empty()) {
                continue;  // RFC 9110, 5.6.1.2
            }
            if (!std::ranges::all_of(name, is_token_character)) {
                return model::bad_request(
                    "Sec-WebSocket-Protocol: must be a list of tokens of A-Z a-z 0-9 "
                    "!#$%&'*+-.^_`|~; a login token with other characters goes into the login (op "
                    "101)"
                );
            }
            if (found.has_token_protocol && !found.token) {
                found.token = std::string(name);
            } else if (name == token_protocol) {
                found.has_token_protocol = true;
            }
        }
    }
    return found;
}

}  // namespace gim::gateway
