#pragma once

#include "ask/answer.hpp"
#include "ask/service_url.hpp"
#include "net/sockets.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gim::ask {

// One connection to the service, for one question after the other.
//
// Problem: a service closes a connection that was idle for long, and that may be seen only when the
// next question goes out. So what was asked over a connection that has_gone_stale() is asked again
// over another one.
//
// Threads: its worker's. There is no deadline in here: whoever waits closes it.
class service_connection {
public:
    using error_code = boost::system::error_code;
    using clock = worker::worker::clock;

    explicit service_connection(worker::worker& home) : socket_(home.executor()) {}
    service_connection(const service_connection&) = delete;
    service_connection& operator=(const service_connection&) = delete;

    // Finds the addresses of its host, and takes the first that answers.
    boost::asio::awaitable<error_code> connect(const service_url& where);
    // Sends one request, as it is, and reads its answer. It must live until then.
    boost::asio::awaitable<answer_result<service_answer>> exchange(const std::string& request);

    // Whether the next question may go over it: the service wants to keep it, and nothing has come
    // unasked, not even its end, for no long time.
    bool is_fit() noexcept;
    // Whether it was used before, and the last exchange() ended without a byte of an answer.
    bool has_gone_stale() const noexcept { return went_stale_; }
    const error_code& last_error() const noexcept { return last_error_; }

    // Now, and for good; everything pending completes, except for a look-up of a name.
    void close() noexcept;
    bool is_closed() const noexcept { return closed_; }

private:
    net::tcp_socket socket_;
    bool closed_ = false;
    bool stays_ = false;
    bool went_stale_ = false;
    bool was_used_ = false;
    clock::time_point used_at_;
    error_code last_error_;
};

// The request for these bytes of JSON.
std::string request_for(const service_url& where, std::string_view json);

}  // namespace gim::ask
