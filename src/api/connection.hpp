#pragma once

#include "api/api_options.hpp"
#include "api/request_handler.hpp"
#include "net/http_head.hpp"
#include "net/peer.hpp"
#include "net/stream.hpp"
#include "worker/memory_part.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gim::api {

// One client's HTTP connection (RFC 9112): reads requests one by one and answers each before the
// next, so that pipelined ones are answered in their order.
//
// Problem: a client may drip its request, or never read its answer. Every wait for it has a
// deadline, and a deadline closes the socket.
//
// Threads: its worker's, for life.
class connection {
public:
    // What is borrowed must outlive the connection.
    connection(
        worker::worker& home,
        net::arrival arrived,
        const api_options& options,
        request_handler& handler
    );
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Runs until the connection has ended. Whoever keeps the connection does so until then.
    boost::asio::awaitable<void> run();

    // What becomes of a connection that has asked nothing yet.
    enum class unasked { cut, gets_one_answer };
    // Ends now if no request is being answered, else behind that answer.
    void close(unasked what);
    // Ends now; an answer on its way is lost.
    void abort() noexcept;

private:
    using error_code = boost::system::error_code;
    using clock = std::chrono::steady_clock;

    boost::asio::awaitable<void> serve();
    // Reads one request and answers it. False: it was the last one.
    boost::asio::awaitable<bool> serve_next();
    boost::asio::awaitable<bool> answer_request(const net::http_head& head);
    // What has come of a body, and the memory that it takes.
    struct partial_body {
        std::string text;
        worker::memory_part::share counted;
    };

    // Empty: there will be none, and a refusal was answered.
    boost::asio::awaitable<std::optional<partial_body>> read_body(const net::http_head& head);
    boost::asio::awaitable<std::optional<partial_body>> read_sized_body(std::size_t length);
    boost::asio::awaitable<std::optional<partial_body>> read_chunked_body();
    partial_body begin_body();
    // Makes room for so many bytes more. False: there is no memory for them.
    bool make_room(partial_body& b, std::size_t bytes);
    boost::asio::awaitable<void> refuse_for_memory();
    // Counts the body of an answer. One that is long and finds no memory becomes 503.
    worker::memory_part::share count_answer(answer& a, const request& asked);
    // For the operator: logs that something was refused for memory, and counts it.
    void note_no_memory();
    // False: the connection has ended.
    boost::asio::awaitable<bool> drop_body(std::uint64_t length);
    // What the head alone decides.
    std::variant<answer, permit> decide(const request& asked);
    boost::asio::awaitable<bool> write_answer(
        answer a,
        const net::http_head& head,
        const request& asked,
        clock::time_point started
    );
    boost::asio::awaitable<error_code> read_more();
    boost::asio::awaitable<answer> ask(const permit& p, const request& r, std::string_view body);
    boost::asio::awaitable<void> refuse(const net::http_error& why);
    boost::asio::awaitable<error_code> write(std::string_view head, std::string_view body);

    worker::worker& home_;
    net::stream socket_;
    net::peer peer_;
    const api_options& options_;
    request_handler& handler_;
    std::string received_;  // and not yet used
    bool is_first_ = true;  // none was answered yet
    bool answering_ = false;
    bool closing_ = false;
    worker::timeout deadline_;  // of what is waited for now
};

}  // namespace gim::api
