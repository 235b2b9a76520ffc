#pragma once

#include "tools/load/asking_crowd.hpp"
#include "tools/load/recorder.hpp"
#include "tools/load/run.hpp"

#include <string>

namespace gim::load {

// Members of rooms that ask for the newest messages, half of them over op 203 and half over HTTP,
// while the rooms are sent to at a fixed rate. gim's dialect only.
class history_run final {
public:
    // REQUIRES: server.api.
    history_run(const load_options& options, const server_under_load& server, progress& tell);

    measurement run();

private:
    void bring_up();
    void fill();
    void ask_and_measure();
    measurement report();

    std::string room_of(std::size_t member) const;
    std::string session_of(std::size_t member) const { return "1:" + room_of(member); }
    // One message of the sender whose turn it is.
    void send(connection& c);

    const load_options& options_;
    const server_under_load& under_load_;
    progress& progress_;
    poller poller_;
    recorder recorder_;
    recorder unmeasured_;  // of what is sent
    const client::dialect_factory speak_gim_;
    const client::dialect_factory speak_http_;
    const std::string content_;
    asking_crowd members_;
    asking_crowd http_;
    asking_crowd senders_;
    std::uint64_t sent_ = 0;
    std::uint64_t offered_ = 0;
    clock::duration sending_time_{};
};

}  // namespace gim::load
