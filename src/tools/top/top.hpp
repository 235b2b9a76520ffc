#pragma once

#include <chrono>
#include <string>

namespace gim::top {

struct top_options {
    // Where the API of the server is: http://HOST:PORT.
    std::string url = "http://127.0.0.1:8081";
    // The secret of an --api-key; empty: none, which is enough on the server's own machine.
    std::string key;
    // Between two questions. Shorter: more work for the server.
    std::chrono::milliseconds interval = std::chrono::seconds(1);

    enum class mode {
        live,  // until q; without a terminal as `once`
        once   // one frame as plain text, of one interval
    };
    mode how = mode::live;
};

// Gives the exit code: 0, or 1 if there was no answer to show. Throws std::runtime_error with one
// line if the URL is none.
int run(const top_options& options);

}  // namespace gim::top
