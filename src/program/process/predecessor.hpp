#pragma once

#include "net/unique_fd.hpp"

#include <optional>
#include <string>
#include <utility>

namespace gim::program {

// The process that this one replaces, as this one sees it; there may be none.
class predecessor {
public:
    // The end of a socket at whose other end it is; empty: there is none.
    explicit predecessor(net::unique_fd socket) : socket_(std::move(socket)) {}

    // Where it has written all that it keeps. From now on it changes nothing, and accepts nobody,
    // until this process serves or has ended. Empty: there is none, it keeps no snapshots, or it
    // has ended. Errors: std::runtime_error, if it could not write it and goes on itself.
    std::optional<std::string> ask_for_memory();
    // Then it lets its connections go, and ends.
    void say_that_we_serve();

private:
    net::unique_fd socket_;
};

}  // namespace gim::program
