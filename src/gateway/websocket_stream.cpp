#include "gateway/websocket_stream.hpp"

#include "gateway/outbox_stream.hpp"
#include "net/end_gently.hpp"
#include "net/read_head.hpp"
#include "protocol/websocket_frame.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace gim::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace {

// 16 bytes are 22 base64 characters and two of padding (RFC 6455, 4.2.1).
bool is_websocket_key(std::string_view text) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.size() == 24 && text.ends_with("==") &&
           text.find_first_not_of(alphabet) == text.size() - 2;
}

}  // namespace

struct websocket_stream::implementation {
    implementation(net::tcp_socket s, push::outbox& box, const gateway_options& options)
        : stream(std::move(s), box, options.message_frames) {
        // Time is kept by the connection, on its worker's wheel.
        stream.set_option(websocket::stream_base::timeout{
            websocket::stream_base::none(), websocket::stream_base::none(), false});
        stream.set_option(websocket::stream_base::decorator([](websocket::response_type& answer) {
            answer.set(http::field::server, "gim");
        }));
        set_message_limit(options.login_message_bytes);
    }

    // Beast takes 0 for "no limit", and then a header of 14 bytes can ask for 2^40.
    void set_message_limit(std::size_t bytes) {
        stream.read_message_max(
            std::clamp<std::size_t>(bytes, 1, gateway_options::max_message_bytes)
        );
    }

    outbox_stream& below() { return stream.next_layer(); }
    net::tcp_socket& socket() { return below().next_layer(); }

    // Compression is off: it would cost 120 kB a connection, and packets are encoded once for all.
    websocket::stream<outbox_stream, false> stream;
    beast::flat_buffer received;
};

websocket_stream::websocket_stream(
    net::tcp_socket socket,
    const gateway_options& options,
    push::flush_list& flushing
)
    : outbox_(*this, flushing, options.outbox),
      impl_(std::make_unique<implementation>(std::move(socket), outbox_, options)) {}

websocket_stream::~websocket_stream() = default;

void websocket_stream::set_message_limit(std::size_t bytes) {
    impl_->set_message_limit(bytes);
}

void websocket_stream::on_read(std::function<void(bool)> f) {
    impl_->below().on_read(std::move(f));
}

std::chrono::steady_clock::time_point websocket_stream::last_heard() const noexcept {
    return impl_->stream.next_layer().last_heard();
}

asio::awaitable<bool> websocket_stream::accept() {
    std::string rest;
    auto outcome = co_await net::read_head(impl_->socket(), rest);
    if (const auto* refused = std::get_if<net::http_error>(&outcome)) {
        co_await refuse(refused->status, refused->message);
        co_return false;
    }
    auto* head = std::get_if<net::http_head>(&outcome);
    if (head == nullptr) {
        co_return false;
    }
    if (!websocket::is_upgrade(head->request)) {
        co_await refuse(426, "this is a WebSocket gateway; HTTP is on the API port");
        co_return false;
    }
    if (head->request[http::field::sec_websocket_version] != "13") {
        co_await refuse(426, "Sec-WebSocket-Version: only 13 is understood");
        co_return false;
    }
    if (!is_websocket_key(head->request[http::field::sec_websocket_key])) {
        co_await refuse(400, "Sec-WebSocket-Key: must be 16 bytes in base64");
        co_return false;
    }
    impl_->below().preload(std::move(rest));
    auto [ec] = co_await impl_->stream.async_accept(head->request, net::use_ec);
    co_return !ec;
}

// An error's answer always ends the connection: what follows a request that was refused must not be
// taken for another one.
asio::awaitable<void> websocket_stream::refuse(unsigned status, std::string text) {
    http::response<http::string_body> answer{http::int_to_status(status), 11};
    answer.set(http::field::server, "gim");
    answer.set(http::field::content_type, "text/plain; charset=utf-8");
    answer.set(http::field::connection, "close");
    if (status == 426) {
        answer.insert(http::field::connection, "Upgrade");  // as Upgrade demands (RFC 9110, 7.8)
        answer.set(http::field::upgrade, "websocket");
        answer.set(http::field::sec_websocket_version, "13");
    }
    answer.body() = std::move(text) + "\n";
    answer.prepare_payload();
    auto [ec, n] = co_await http::async_write(impl_->socket(), answer, net::use_ec);
    (void)n;
    if (!ec) {
        co_await net::end_gently(impl_->socket());
    }
}

asio::awaitable<boost::system::result<websocket_stream::message>> websocket_stream::read() {
    auto& i = *impl_;
    do {
        i.received.consume(i.received.size());
        constexpr std::size_t worth_keeping = 4096;  // bytes of buffer an idle connection may hold
        if (i.received.capacity() > worth_keeping) {
            i.received.shrink_to_fit();
        }
        auto [ec, n] = co_await i.stream.async_read(i.received, net::use_ec);
        (void)n;
        if (i.below().has_too_many_frames()) {
            close(protocol::close_code::policy_error, "too many frames in a message");
        }
        if (ec) {
            closing_ = true;
            co_return ec;
        }
    } while (closing_);
    const auto bytes = i.received.cdata();
    co_return message{
        i.stream.got_text() ? protocol::frame_kind::text : protocol::frame_kind::binary,
        {static_cast<const char*>(bytes.data()), bytes.size()}};
}

void websocket_stream::close(protocol::close_code code, std::string_view reason) {
    if (std::exchange(closing_, true)) {
        return;
    }
    outbox_.push(
        push::make_frame(protocol::websocket_frame::close(static_cast<std::uint16_t>(code), reason))
    );
    outbox_.seal();
}

void websocket_stream::flush() noexcept {
    try {
        if (outbox_.is_overflowing()) {
            outbox_.drop_waiting();
            on_overflow_();
        }
        write();
    } catch (const std::exception&) {
        abort();  // out of memory: this connection is the one that pays
    }
}

void websocket_stream::write() {
    while (!outbox_.is_empty() && !outbox_.is_blocked()) {
        std::array<iovec, 64> parts;
        msghdr call{};
        call.msg_iov = parts.data();
        call.msg_iovlen = outbox_.gather(parts);
        const auto fd = impl_->socket().native_handle();
        // One buffer is the usual case, and send() is cheaper than sendmsg() then.
        constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        const auto n = call.msg_iovlen == 1 ? ::send(fd, parts[0].iov_base, parts[0].iov_len, flags)
                                            : ::sendmsg(fd, &call, flags);
        if (n >= 0) {
            outbox_.consume(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            wait_until_writable();
        } else if (errno != EINTR) {
            abort();  // the reader hears of it
            return;
        }
    }
}

void websocket_stream::wait_until_writable() {
    outbox_.set_blocked(true);
    impl_->socket().async_wait(
        net::tcp_socket::wait_write,
        [self = shared_from_this()](error_code ec) {
            self->outbox_.set_blocked(false);
            if (!ec) {
                self->flush();
            }
        }
    );
}

asio::awaitable<void> websocket_stream::finish() {
    outbox_.seal();
    flush();
    // The wait that flush() began writes; this one, queued behind it, only looks.
    while (!outbox_.is_empty() && impl_->socket().is_open()) {
        auto [ec] = co_await impl_->socket().async_wait(net::tcp_socket::wait_write, net::use_ec);
        if (ec) {
            break;
        }
    }
    co_await net::end_gently(impl_->socket());
}

void websocket_stream::abort() noexcept {
    error_code ignored;  // there is nothing left to lose
    impl_->socket().close(ignored);
}

}  // namespace gim::gateway
