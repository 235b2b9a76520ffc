#pragma once

#include "redis/reply.hpp"
#include "redis/reply_reader.hpp"
#include "redis/url.hpp"
#include "worker/worker.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace gim::redis {

// One connection to Redis, from the look-up of its name to its end: writes what was appended, and
// tells its owner of every reply. What is appended in one turn of the worker goes in one system
// call.
//
// Threads: its worker's. Lifetime: what it waits for holds it, so it outlives its owner; after
// close() the owner hears nothing more.
class link : public std::enable_shared_from_this<link> {
public:
    // Each function may close the link.
    class owner {
    public:
        virtual void opened() = 0;
        virtual void received(reply_ptr reply) = 0;
        // The last that is heard. `why`: for people.
        virtual void ended(const std::string& why) = 0;

    protected:
        ~owner() = default;
    };

    link(worker::worker& home, owner& of);

    void open(const url& where);
    void close() noexcept;

    // Where commands are appended, see command.hpp, in the same turn as flush_soon(), before it or
    // after it.
    std::string& out() noexcept { return out_; }
    void flush_soon();

private:
    using executor = worker::worker::executor_type;
    using tcp = boost::asio::ip::tcp;

    void connected(boost::system::error_code ec);
    void wait_to_read();
    void read();
    bool tell_replies();  // false: closed meanwhile
    bool has_unsent() const noexcept { return !out_.empty() || written_ < writing_.size(); }
    void flush();
    void end(const std::string& why);

    worker::worker& home_;
    owner* owner_;  // null: closed
    boost::asio::ip::basic_resolver<tcp, executor> resolver_;
    boost::asio::basic_stream_socket<tcp, executor> socket_;
    reply_reader reader_;
    std::string out_;
    std::string writing_;  // what was taken from out_ last
    std::size_t written_ = 0;
    bool is_open_ = false;
    bool is_flush_posted_ = false;
    bool is_blocked_ = false;  // until the socket is writable
};

}  // namespace gim::redis
