#pragma once

#include "tools/load/crowd.hpp"
#include "tools/load/plan.hpp"
#include "tools/load/recorder.hpp"
#include "tools/load/run.hpp"
#include "tools/load/traffic.hpp"

#include <optional>
#include <string>

namespace gim::load {

// Messages from senders to receivers, as a plan says: connects everybody, sends for the warm-up and
// the measured time, waits for what is still under way, and counts what came.
class delivery_run final : private crowd {
public:
    delivery_run(
        const load_options& options,
        const server_under_load& server,
        const client::dialect_factory& speak,
        progress& tell
    );

    measurement run();

private:
    void on_packet(connection& c, std::string_view bytes, std::uint64_t skipped) override;
    void on_answer(connection& c, bool accepted) override;
    void on_left(connection& c, std::string_view why) override;

    void connect_all();
    void send_and_measure();
    void drain();
    void let_slow_members_read();
    void say_progress(clock::time_point now);
    measurement report();

    const load_options& options_;
    const server_under_load& under_load_;
    poller sockets_;
    const plan plan_;
    recorder recorder_;
    traffic traffic_;

    std::uint64_t frames_ = 0;
    std::uint64_t measured_frames_ = 0;
    std::uint64_t measured_bytes_ = 0;
    std::uint64_t offered_ = 0;
    clock::time_point sending_end_{};
    clock::duration sending_time_{};
    std::uint64_t disconnected_ = 0;
    std::string first_reason_;
    std::uint64_t slow_left_ = 0;
    std::uint64_t given_up_ = 0;
    std::optional<double> resident_;
};

}  // namespace gim::load
