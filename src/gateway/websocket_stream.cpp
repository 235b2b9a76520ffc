#include "gateway/websocket_stream.hpp"

#include "gateway/upgrade.hpp"
#include "net/end_gently.hpp"
#include "net/identify.hpp"
#include "net/secure.hpp"
#include "observe/stats/counters.hpp"
#include "websocket/websocket_frame.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

namespace gim::gateway {

namespace asio = boost::asio;
using boost::system::error_code;
using websocket::frame_kind;
using websocket::websocket_frame;

namespace {

constexpr std::string_view out_of_memory =
    "the server is short of memory for long messages: try again later";

// What a client reads at all pace waits for no room. Never so much that its answers are a burst.
std::size_t window_of(const push::outbox_options& o) noexcept {
    const auto half = o.hard_bytes / 2;
    return o.soft_bytes == 0 ? half : std::min(half, o.soft_bytes);
}

// What TLS has encrypted and not sent waits beside the outbox, and counts all the same.
push::outbox_options outbox_options_of(const gateway_options& options) {
    auto out = options.outbox;
    if (options.tls != nullptr) {
        out.hard_bytes -= std::min(out.hard_bytes / 2, net::tls_session::max_record_bytes);
    }
    return out;
}

}  // namespace

websocket_stream::websocket_stream(
    net::tcp_socket socket,
    const gateway_options& options,
    push::flush_list& flushing,
    stats::counters& counters
)
    : socket_(std::move(socket)),
      outbox_(*this, flushing, outbox_options_of(options)),
      counters_(counters),
      answers_(window_of(options.outbox)),
      reader_({options.login_message_bytes, options.message_frames}),
      held_(options.unfinished) {
    set_message_limit(options.login_message_bytes);
    if (options.send_buffer_bytes != 0) {
        error_code ignored;  // then the kernel decides
        const asio::socket_base::send_buffer_size size(static_cast<int>(options.send_buffer_bytes));
        socket_.socket().set_option(size, ignored);
    }
}

void websocket_stream::set_message_limit(std::size_t bytes) noexcept {
    reader_.set_message_limit(std::min(bytes, gateway_options::max_message_bytes));
}

asio::awaitable<std::optional<std::string>>
websocket_stream::accept(const gateway_options& options, net::peer& who) {
    const bool is_welcome = co_await net::read_proxy_header(socket_, who, options.doors, counters_);
    if (!is_welcome) {
        over_ = true;
        co_return std::nullopt;
    }
    if (options.tls != nullptr) {
        std::string received;  // and not yet used
        const auto ec = co_await net::secure(socket_, *options.tls, received, counters_);
        if (ec) {
            over_ = true;
            co_return std::nullopt;
        }
    }
    auto accepted = co_await read_upgrade(socket_, options, who, counters_);
    last_heard_ = clock::now();
    if (!accepted) {
        over_ = true;
        co_return std::nullopt;
    }
    outbox_.say(std::move(accepted->answer));
    has_answer_waiting_ = true;
    deflating_ = accepted->is_deflating;
    take(accepted->rest);
    co_return std::move(accepted->token);
}

void websocket_stream::take(std::string_view bytes) {
    counters_.add(stats::event::byte_received, bytes.size());
    passed_.received_bytes += bytes.size();
    while (!bytes.empty()) {
        const auto space = reader_.space();
        const auto n = std::min(space.size(), bytes.size());
        std::memcpy(space.data(), bytes.data(), n);
        reader_.commit(n);
        bytes.remove_prefix(n);
    }
    held_.resize(reader_.extra_bytes());
}

bool websocket_stream::wait_for_input() {
    const auto space = reader_.space();
    // Most reads change nothing: a connection that rests or sends short messages holds nothing.
    const auto holds = reader_.extra_bytes();
    if (holds != held_.bytes() && !held_.try_resize(holds)) {
        reader_.abandon();
        held_.resize(0);
        refuse(static_cast<std::uint16_t>(websocket::close_code::try_again), out_of_memory);
        return false;
    }
    socket_.async_read_some(
        asio::buffer(space.data(), space.size()),
        [self = shared_from_this()](error_code ec, std::size_t n) {
            self->reader_.commit(n);
            self->counters_.add(stats::event::byte_received, n);
            self->passed_.received_bytes += n;
            if (ec) {
                self->over_ = true;
            } else {
                self->last_heard_ = clock::now();
            }
            self->on_input();
        }
    );
    return true;
}

void websocket_stream::refuse(std::uint16_t code, std::string_view reason) {
    if (!closing_) {
        on_violation(code);
    }
    say_close(code, reason);
    over_ = true;
}

bool websocket_stream::has_more_waiting() {
    error_code ec;  // then reading tells
    return socket_.socket().available(ec) > 0;
}

std::size_t websocket_stream::unacknowledged_bytes() {
    int bytes = 0;
    if (::ioctl(socket_.socket().native_handle(), SIOCOUTQ, &bytes) != 0) {
        return 0;  // it is closed
    }
    return static_cast<std::size_t>(bytes);
}

std::optional<websocket_stream::message> websocket_stream::next(websocket::inflater* inflating) {
    using kind = websocket::websocket_event::kind;
    while (!over_ && !has_full_window()) {
        const auto event = reader_.next(deflating_ ? inflating : nullptr);
        if (!event) {
            break;
        }
        if (!reader_.is_joining()) {
            on_whole();
        }
        if (reader_.was_deflated()) {
            held_.resize(reader_.extra_bytes());  // it may be longer than what came
        }
        if (event->what != kind::failure) {
            counters_.add(stats::event::frame_received);
        }
        switch (event->what) {
            case kind::text:
            case kind::binary:
                if (!closing_) {
                    return message{
                        event->what == kind::text ? frame_kind::text : frame_kind::binary,
                        event->payload,
                        reader_.was_deflated()};
                }
                break;
            case kind::ping:
                answer(websocket_frame::pong(event->payload));
                break;
            case kind::pong:
                break;
            case kind::close:
                say_close(event->code, {});
                over_ = true;
                break;
            case kind::failure:
                refuse(event->code, event->payload);
                break;
        }
    }
    return std::nullopt;
}

push::frame_ptr websocket_stream::answer(websocket_frame f) {
    auto made = outbox_.say(std::move(f));
    answers_.add(made->bytes().size(), outbox_.taken() + outbox_.bytes());
    return made;
}

bool websocket_stream::wait_for_room() noexcept {
    waiting_for_room_ = !over_ && has_full_window();
    return waiting_for_room_;
}

// Of a socket that failed or was closed nothing is written any more: reading ends the connection.
bool websocket_stream::has_full_window() noexcept {
    return !closing_ && socket_.is_open() && answers_.is_full(outbox_.taken());
}

void websocket_stream::end_wait_for_room() {
    if (std::exchange(waiting_for_room_, false)) {
        on_room();
    }
}

void websocket_stream::say_close(std::uint16_t code, std::string_view reason) {
    if (std::exchange(closing_, true)) {
        return;
    }
    outbox_.say(websocket_frame::close(code, reason));
    outbox_.seal();
    end_wait_for_room();  // the peer's close is waited for now
}

void websocket_stream::flush() noexcept {
    try {
        if (outbox_.is_cut_off()) {
            const auto why = outbox_.why_cut();
            const auto age =
                outbox_.is_empty() ? clock::duration::zero() : clock::now() - outbox_.oldest();
            outbox_.drop_waiting();
            on_cut(why, age);
        }
        write();
    } catch (const std::exception&) {
        abort();  // out of memory: this connection is the one that pays
    }
}

void websocket_stream::write() {
    while (!outbox_.is_empty() && !outbox_.is_blocked()) {
        std::array<iovec, 64> parts;
        error_code ec;
        const auto filled = outbox_.gather(parts);
        const auto written = socket_.write_some({parts.data(), filled}, ec);
        auto frames = outbox_.consume(written);
        if (frames > 0 && has_answer_waiting_) {
            has_answer_waiting_ = false;
            --frames;
        }
        counters_.add(stats::event::byte_sent, written);
        counters_.add(stats::event::frame_sent, frames);
        passed_.sent_bytes += written;
        passed_.sent_frames += frames;
        if (ec == asio::error::would_block) {
            wait_until_writable();
        } else if (ec) {
            abort();  // the reader hears of it
            end_wait_for_room();
            return;
        }
    }
    if (waiting_for_room_ && !has_full_window()) {
        end_wait_for_room();
    }
}

void websocket_stream::wait_until_writable() {
    outbox_.set_blocked(true);
    socket_.async_wait_writable([self = shared_from_this()](error_code ec) {
        self->outbox_.set_blocked(false);
        if (!ec) {
            self->flush();
        } else {
            self->end_wait_for_room();  // the socket was closed
        }
    });
}

asio::awaitable<void> websocket_stream::finish() {
    outbox_.seal();
    flush();
    // The wait that flush() began writes; this one, queued behind it, only looks.
    while (!outbox_.is_empty() && socket_.is_open()) {
        auto [ec] = co_await socket_.async_wait_writable(net::use_ec);
        if (ec) {
            break;
        }
    }
    co_await net::end_gently(socket_);
}

void websocket_stream::abort() noexcept {
    socket_.close();
}

}  // namespace gim::gateway
