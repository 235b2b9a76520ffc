#include "net/identify.hpp"

#include "net/field_values.hpp"
#include "net/forwarded_for.hpp"
#include "net/proxy_header.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>

namespace gim::net {

asio::awaitable<bool> read_proxy_header(
    stream& connection,
    peer& who,
    const door_rules& rules,
    stats::counters& counters
) {
    const bool is_expected =
        rules.proxies_send == proxy_protocol::required && rules.trusted_proxies.contain(who.from());
    if (!is_expected) {
        co_return true;
    }
    proxy_header_reader reader;
    while (reader.wanted() > 0) {
        std::array<char, 256> chunk;
        const auto space = asio::buffer(chunk.data(), std::min(chunk.size(), reader.wanted()));
        auto [ec, n] = co_await connection.socket().async_read_some(space, use_ec);
        if (ec) {
            co_return false;
        }
        if (auto fed = reader.feed({chunk.data(), n}); !fed) {
            who.turn_away(refusal::proxy_header, counters, fed.error().message);
            co_return false;
        }
    }
    who.set_announced();
    if (reader.source()) {
        who.comes_from(*reader.source());
    }
    co_return true;
}

std::optional<http_error> identify(
    peer& who,
    const decltype(http_head::request)& head,
    const door_rules& rules,
    stats::counters& counters
) {
    auto client = who.from();
    if (rules.trusted_proxies.contain(client)) {
        const auto values = values_of(head, "X-Forwarded-For");
        const auto said = forwarded_for(client, values, rules.trusted_proxies);
        if (!said) {
            return who.turn_away(refusal::proxy_header, counters, said.error().message);
        }
        client = *said;
    }
    if (const auto why = who.become(client, admission::clock::now())) {
        return who.turn_away(*why, counters);
    }
    if (!who.is_welcome()) {
        return who.turn_away(refusal::stranger, counters);
    }
    return std::nullopt;
}

}  // namespace gim::net
