#pragma once

#include "tools/client/dialect.hpp"
#include "tools/client/endpoint.hpp"
#include "tools/load/poller.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gim::load {

// One client: a socket, and the dialect that is spoken over it.
//
// Lifetime: borrows the poller and the owner; must live until the poller has returned from the
// wait() in which it was closed. May be connected again. Threads: the poller's.
class connection final : private poller::handler, private client::dialect_events {
public:
    // Who acts on what comes. `c.number()` tells which connection it is.
    class owner {
    public:
        virtual void on_ready(connection& c) = 0;
        virtual void on_packet(connection& c, std::string_view bytes, std::uint64_t skipped) = 0;
        virtual void on_answer(connection& c, bool accepted) = 0;
        // It could not be connected, or ended without close(). It is closed already.
        virtual void on_end(connection& c, std::string_view why) = 0;

    protected:
        ~owner() = default;
    };

    connection(poller& p, owner& o, std::size_t number) : poller_(p), owner_(o), number_(number) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { close(); }

    // Begins to connect from the source address of that number. What goes wrong is told by
    // on_end(), which may be called before this returns. Throws when the machine is out of
    // descriptors or ports, which no other connection would survive either.
    // REQUIRES: not called from within its own callbacks.
    void connect(
        const client::endpoint& to,
        std::size_t source,
        std::unique_ptr<client::dialect> speaks
    );
    // For members that are slow by intent: the kernel then holds little for them.
    void set_small_receive_buffer() noexcept { has_small_buffer_ = true; }
    void stop_reading();
    void read_on();
    void close();

    std::size_t number() const noexcept { return number_; }
    bool is_open() const noexcept { return fd_ >= 0; }
    // REQUIRES: connect() was called.
    client::dialect& speaks() noexcept { return *dialect_; }

    // Where the dialect appends what is to be sent; flush() sends it.
    std::string& out() noexcept { return out_; }
    void flush();
    // Bytes that the socket does not take at present.
    std::size_t blocked_bytes() const noexcept { return is_blocked_ ? out_.size() : 0; }

private:
    void on_io(std::uint32_t events) override;
    void read();
    void end(std::string_view why);
    void watch();

    void on_ready() override { owner_.on_ready(*this); }
    void on_packet(std::string_view bytes, std::uint64_t skipped) override {
        owner_.on_packet(*this, bytes, skipped);
    }
    void on_answer(bool accepted) override { owner_.on_answer(*this, accepted); }
    void on_failure(std::string_view why) override;

    poller& poller_;
    owner& owner_;
    const std::size_t number_;
    int fd_ = -1;
    bool is_connecting_ = false;
    bool is_blocked_ = false;
    bool reads_ = true;
    bool has_small_buffer_ = false;
    std::unique_ptr<client::dialect> dialect_;
    std::string out_;
    std::string failure_;  // what the dialect found wrong during the feed() that runs
};

}  // namespace gim::load
