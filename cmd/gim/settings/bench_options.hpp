#pragma once

#include "tools/load/load_options.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace gim::cmd {

// Where the private server keeps messages; redis: in a private one.
enum class bench_storage { memory, redis };

// What `gim bench` can be told.
struct bench_options {
    load::load_options load;

    // A server that runs already; empty: a private one is started.
    std::string url;
    std::string http_url;
    std::optional<pid_t> pid;  // of that server, if its CPU and memory are to be read

    // Of the private server.
    std::size_t workers = 1;
    bench_storage storage = bench_storage::memory;
    std::vector<std::string> server_flags;

    // Files to be written; empty: none.
    std::string json_path;
    std::string html_path;
    bool quiet = false;

    std::string command;  // as it was typed
};

}  // namespace gim::cmd
