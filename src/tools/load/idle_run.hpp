#pragma once

#include "tools/load/crowd.hpp"
#include "tools/load/recorder.hpp"
#include "tools/load/run.hpp"

#include <string>

namespace gim::load {

// Clients that connect, log in and then do nothing: what a connection that is only there costs.
class idle_run final : private crowd {
public:
    idle_run(
        const load_options& options,
        const server_under_load& server,
        const client::dialect_factory& speak,
        progress& tell
    );

    measurement run();

private:
    void on_packet(connection&, std::string_view, std::uint64_t) override {}
    void on_answer(connection&, bool) override {}
    void on_up(clock::duration took) override { took_.add(took); }
    void on_left(connection& c, std::string_view why) override;

    void hold();

    const load_options& options_;
    const server_under_load& under_load_;
    poller sockets_;
    recorder recorder_;
    latency_histogram took_;
    std::uint64_t left_ = 0;
    std::string first_reason_;
};

}  // namespace gim::load
