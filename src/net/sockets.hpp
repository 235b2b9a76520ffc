#pragma once

#include "worker/worker.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

// The socket types of both doors: with the concrete executor, which any_io_executor would hide
// behind virtual calls.
namespace gim::net {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using tcp_socket = asio::basic_stream_socket<tcp, worker::worker::executor_type>;

// co_await with this token yields [error_code, ...] and does not throw.
inline constexpr auto use_ec = asio::as_tuple(asio::use_awaitable);

}  // namespace gim::net
