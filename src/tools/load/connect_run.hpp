#pragma once

#include "tools/load/connection.hpp"
#include "tools/load/recorder.hpp"
#include "tools/load/run.hpp"

#include <deque>
#include <string>
#include <vector>

namespace gim::load {

// A storm of clients: so many at a time connect, log in, and close again.
class connect_run final : private connection::owner {
public:
    connect_run(
        const load_options& options,
        const server_under_load& server,
        const client::dialect_factory& speak,
        progress& tell
    );

    measurement run();

private:
    void on_ready(connection& c) override;
    void on_packet(connection&, std::string_view, std::uint64_t) override {}
    void on_answer(connection&, bool) override {}
    void on_end(connection& c, std::string_view why) override;

    void begin_again(connection& c);

    const load_options& options_;
    const server_under_load& under_load_;
    const client::dialect_factory& speak_;
    progress& progress_;
    poller sockets_;
    recorder recorder_;
    std::deque<connection> connections_;
    std::vector<clock::time_point> begun_;
    std::vector<std::size_t> finished_;  // in this turn
    std::uint64_t attempts_ = 0;
    std::uint64_t succeeded_ = 0;
    std::uint64_t failed_ = 0;
    std::string first_reason_;
};

}  // namespace gim::load
