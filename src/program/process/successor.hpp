#pragma once

#include "net/listener.hpp"
#include "net/unique_fd.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace gim::program {

// The process that goes on with the service where this one ends: the program as it is on the disk
// now, with the same arguments, and with this one's listening sockets. Since both have the same
// sockets, whoever connects meanwhile is accepted by the one or the other.
class successor {
public:
    // On the context's thread. One of the first two is called, once: it serves, or it did not come
    // to that.
    struct outcome {
        std::function<void(pid_t)> serves;
        std::function<void(std::string why)> failed;
        // Before that it may ask for what this one has in memory, and is answered a line.
        std::function<std::string()> wants_memory;
    };

    // The program that runs now is what a successor will run.
    successor(boost::asio::io_context& context, std::vector<std::string> arguments);
    ~successor();
    successor(const successor&) = delete;
    successor& operator=(const successor&) = delete;

    // Keeps copies of these sockets, to give them away; until give_up() their port is not free.
    void keep(std::string_view door, const net::listeners& sockets);

    // Starts it. Does nothing while one is on its way.
    void start(outcome call);
    // There will be none: one that is on its way is ended, and nobody is called; unless it has said
    // that it serves, which is told as ever.
    void give_up();

private:
    struct kept_socket {
        std::string door;
        net::unique_fd fd;
    };

    // Its process; negative: an errno.
    pid_t spawn(int ready);
    bool has_said_that_it_serves();
    void end_process();
    void listen();
    // Its socket has ended: so has the process, or it does soon, or is ended.
    void await_end();
    std::string reap();
    void give_memory();
    void fail(std::string why);

    boost::asio::posix::stream_descriptor ready_;
    boost::asio::steady_timer patience_;
    boost::asio::posix::stream_descriptor end_;  // readable when the process has ended
    const std::string program_;
    std::vector<std::string> arguments_;
    std::vector<kept_socket> kept_;
    outcome call_;
    pid_t process_ = 0;  // 0: none is on its way
    std::array<char, 1> byte_{};
};

}  // namespace gim::program
