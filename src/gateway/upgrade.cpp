#include "gateway/upgrade.hpp"

#include "gateway/subprotocols.hpp"
#include "net/end_gently.hpp"
#include "net/field_values.hpp"
#include "net/http_date.hpp"
#include "net/identify.hpp"
#include "net/read_head.hpp"
#include "websocket/deflate_offer.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>

#include <array>
#include <openssl/evp.h>
#include <stdexcept>
#include <utility>
#include <variant>

namespace gim::gateway {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using request = http::request<http::empty_body>;

bool is_upgrade(const request& r) {
    return r.version() == 11 && r.method() == http::verb::get &&
           net::lists(r, "Connection", "upgrade") && net::lists(r, "Upgrade", "websocket");
}

// 16 bytes are 22 base64 characters and two of padding (RFC 6455, 4.2.1).
bool is_websocket_key(std::string_view text) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.size() == 24 && text.ends_with("==") &&
           text.find_first_not_of(alphabet) == text.size() - 2;
}

// Why a request is not what this server can accept, if so.
std::optional<net::http_error> objection(const request& r) {
    if (!is_upgrade(r)) {
        // Those fields are of one hop only, so a proxy drops them unless it is configured to pass
        // them on.
        return r.count(http::field::sec_websocket_key) > 0
                   ? net::http_error(
                         426,
                         "a WebSocket begins with GET, HTTP/1.1, Connection: Upgrade and Upgrade: "
                         "websocket; a proxy in between must pass them on"
                     )
                   : net::http_error(
                         426,
                         "this is a WebSocket gateway; the HTTP API is on another port, 8081 "
                         "unless "
                         "--api-address says otherwise"
                     );
    }
    if (r[http::field::sec_websocket_version] != "13") {
        return net::http_error(426, "Sec-WebSocket-Version: only 13 is understood");
    }
    if (!is_websocket_key(r[http::field::sec_websocket_key])) {
        return net::http_error(400, "Sec-WebSocket-Key: must be 16 bytes in base64");
    }
    return std::nullopt;
}

// A page of another site must not speak as its visitor, whose network it has behind it.
std::optional<net::http_error> objection_to_page(
    const request& r,
    const net::allowed_origins& allowed,
    net::peer& who,
    stats::counters& counters
) {
    const auto origins = net::values_of(r, "Origin");
    if (allowed.admit(origins)) {
        return std::nullopt;
    }
    const auto named = origins.size() == 1 ? origins.front() : "several origins";
    return who.turn_away(net::refusal::origin, counters, named);
}

// The extension to answer with, if the client offers one that we have. Without compression there is
// none, and the field is not looked at.
model::result<std::optional<std::string>>
agree(const request& r, const std::optional<websocket::deflate_options>& compression) {
    if (!compression) {
        return std::optional<std::string>();
    }
    const auto offers = net::values_of(r, "Sec-WebSocket-Extensions");
    return websocket::answer_deflate_offers(offers, compression->window_bits);
}

// An error's answer always ends the connection: what follows a request that was refused must not be
// taken for another one.
asio::awaitable<void> refuse(net::stream& socket, const net::http_error& why) {
    const auto text = refusal_text(why);
    const auto bytes = asio::buffer(text);
    auto [ec, n] = co_await asio::async_write(socket, bytes, net::use_ec);
    (void)n;
    if (!ec) {
        co_await net::end_gently(socket);
    }
}

}  // namespace

std::string refusal_text(const net::http_error& why) {
    const auto body = why.message + "\n";
    std::string text = "HTTP/1.1 " + std::to_string(why.status) + ' ';
    text += http::obsolete_reason(http::int_to_status(why.status));
    text += "\r\n";
    text += net::date_field();
    text +=
        "Server: gim\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Connection: close\r\n";
    if (why.status == 426) {
        text +=
            "Connection: Upgrade\r\n"  // as Upgrade demands (RFC 9110, 7.8)
            "Upgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\n";
    }
    if (why.retry_after != 0) {
        text += "Retry-After: " + std::to_string(why.retry_after) + "\r\n";
    }
    return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string accept_value(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    // Looking the algorithm up takes longer than the hash, so that is done once.
    static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    std::array<unsigned char, 20> digest;
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, sha1, nullptr) != 1) {
        throw std::runtime_error("SHA-1 failed");
    }
    std::array<unsigned char, 4 * ((digest.size() + 2) / 3) + 1> encoded;  // with a final 0
    const auto size = EVP_EncodeBlock(encoded.data(), digest.data(), digest.size());
    return {encoded.begin(), encoded.begin() + size};
}

asio::awaitable<std::optional<upgrade>> read_upgrade(
    net::stream& socket,
    const gateway_options& options,
    net::peer& who,
    stats::counters& counters
) {
    std::string rest;
    auto outcome = co_await net::read_head(socket, rest, options.http);
    if (const auto* refused = std::get_if<net::http_error>(&outcome)) {
        co_await refuse(socket, *refused);
        co_return std::nullopt;
    }
    const auto* head = std::get_if<net::http_head>(&outcome);
    if (head == nullptr) {
        co_return std::nullopt;
    }
    auto why = objection(head->request);
    if (!why) {
        why = net::identify(who, head->request, options.doors, counters);
    }
    if (!why) {
        why = objection_to_page(head->request, options.doors.origins, who, counters);
    }
    auto extension = agree(head->request, options.compression);
    if (!why && !extension) {
        why = net::http_error(400, extension.error().message);
    }
    auto offered = read_subprotocols(net::values_of(head->request, "Sec-WebSocket-Protocol"));
    if (!why && !offered) {
        why = net::http_error(400, offered.error().message);
    }
    if (why) {
        co_await refuse(socket, *why);
        co_return std::nullopt;
    }
    upgrade accepted;
    accepted.answer = "HTTP/1.1 101 Switching Protocols\r\n";
    accepted.answer += net::date_field();
    accepted.answer +=
        "Upgrade: websocket\r\n"
        "Connection: upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_value(head->request[http::field::sec_websocket_key]) +
        "\r\n"
        "Server: gim\r\n";
    if (offered->has_token_protocol) {
        accepted.answer += "Sec-WebSocket-Protocol: ";
        accepted.answer += token_protocol;
        accepted.answer += "\r\n";
    }
    accepted.is_deflating = extension->has_value();
    if (accepted.is_deflating) {
        accepted.answer += "Sec-WebSocket-Extensions: ";
        accepted.answer += **extension;
        accepted.answer += "\r\n";
    }
    accepted.answer += "\r\n";
    accepted.token = std::move(offered->token);
    accepted.rest = std::move(rest);
    co_return accepted;
}

}  // namespace gim::gateway
