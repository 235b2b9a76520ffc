#include "ask/service_connection.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cerrno>
#include <chrono>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace gim::ask {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using resolver = asio::ip::basic_resolver<tcp, worker::worker::executor_type>;

namespace {

// Longer than most services keep one, shorter than what lies between forgets it.
constexpr std::chrono::seconds longest_idle{30};

answer_fault fault_of(const boost::system::error_code& ec) {
    if (ec == http::error::body_limit || ec == http::error::header_limit ||
        ec == http::error::buffer_overflow) {
        return answer_fault::too_large;
    }
    const bool is_about_http =
        ec.category() == boost::system::error_code(http::error::end_of_stream).category();
    return is_about_http ? answer_fault::not_http : answer_fault::unreachable;
}

std::string joined_cache_control(const http::fields& head) {
    std::string all;
    const auto [begin, end] = head.equal_range(http::field::cache_control);
    for (auto it = begin; it != end; ++it) {
        all += all.empty() ? "" : ",";
        all.append(it->value().data(), it->value().size());
    }
    return all;
}

}  // namespace

asio::awaitable<boost::system::error_code> service_connection::connect(const service_url& where) {
    std::vector<tcp::endpoint> ends;
    error_code no_address;
    const auto address = asio::ip::make_address(where.host, no_address);
    if (!no_address) {
        ends.emplace_back(address, where.port);
    } else {
        resolver names(socket_.get_executor());
        const auto [ec, found] =
            co_await names.async_resolve(where.host, std::to_string(where.port), net::use_ec);
        if (ec) {
            last_error_ = ec;
            co_return ec;
        }
        for (const auto& one : found) {
            ends.push_back(one.endpoint());
        }
    }
    if (closed_) {
        co_return last_error_ = make_error_code(asio::error::operation_aborted);
    }
    const auto [ec, end] = co_await asio::async_connect(socket_, ends, net::use_ec);
    last_error_ = ec;
    if (closed_) {
        close();  // it may have been open for a moment only after the first time
    } else if (!ec) {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
    }
    co_return ec;
}

asio::awaitable<answer_result<service_answer>> service_connection::exchange(
    const std::string& request
) {
    const bool was_used = std::exchange(was_used_, true);
    stays_ = false;
    went_stale_ = false;
    const auto sent = co_await asio::async_write(socket_, asio::buffer(request), net::use_ec);
    last_error_ = std::get<0>(sent);
    if (last_error_) {
        went_stale_ = was_used;
        co_return fault_of(last_error_);
    }
    http::response_parser<http::string_body> parser;
    parser.header_limit(max_answer_head_bytes);
    parser.body_limit(max_answer_body_bytes);
    boost::beast::flat_buffer received(max_answer_head_bytes + max_answer_body_bytes);
    const auto read = co_await http::async_read(socket_, received, parser, net::use_ec);
    last_error_ = std::get<0>(read);
    if (last_error_) {
        went_stale_ = was_used && !parser.got_some();
        co_return fault_of(last_error_);
    }
    // What comes behind an answer answers no question of ours.
    auto& message = parser.get();
    stays_ = parser.keep_alive() && received.size() == 0 && message.result_int() >= 200;
    used_at_ = clock::now();
    service_answer answer{message.result_int(), joined_cache_control(message), {}};
    answer.body = std::move(message.body());
    co_return answer;
}

bool service_connection::is_fit() noexcept {
    if (closed_ || !stays_ || clock::now() - used_at_ > longest_idle) {
        return false;
    }
    char one = 0;
    const auto n = ::recv(socket_.native_handle(), &one, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void service_connection::close() noexcept {
    closed_ = true;
    error_code ignored;  // there is nothing left to lose
    socket_.close(ignored);
}

std::string request_for(const service_url& where, std::string_view json) {
    std::string text = "POST " + where.target + " HTTP/1.1\r\nHost: " + where.authority;
    text += "\r\nUser-Agent: gim\r\nAccept: application/json\r\nContent-Type: application/json\r\n";
    text += "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n";
    text += json;
    return text;
}

}  // namespace gim::ask
