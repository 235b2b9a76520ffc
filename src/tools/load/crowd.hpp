#pragma once

#include "tools/load/connection.hpp"
#include "tools/load/progress.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace gim::load {

// Many clients of one server, brought up before anything is measured.
class crowd : protected connection::owner {
public:
    crowd(const crowd&) = delete;
    crowd& operator=(const crowd&) = delete;

protected:
    crowd(
        poller& p,
        const client::endpoint& server,
        const client::dialect_factory& speak,
        progress& tell
    )
        : poller_(p), server_(server), speak_(speak), progress_(tell) {}
    ~crowd() = default;

    // Connects all of them, a few hundred at a time, and returns when every one is ready. Throws
    // std::runtime_error with one line if one fails, or if nothing moves for 10 s.
    void bring_up(const std::vector<client::identity>& who);
    // Before bring_up(): that one reads little, and then stops.
    void will_be_slow(std::size_t number) { slow_.push_back(number); }

    // How long it took from connect() until a client was ready; called for each.
    virtual void on_up(clock::duration) {}
    // One ended after all were up.
    virtual void on_left(connection& c, std::string_view why) = 0;

    std::deque<connection>& connections() noexcept { return connections_; }
    connection& at(std::size_t number) { return connections_[number]; }
    std::size_t size() const noexcept { return connections_.size(); }

    poller& poller_;
    const client::endpoint& server_;
    const client::dialect_factory& speak_;
    progress& progress_;

private:
    void on_ready(connection& c) final;
    void on_end(connection& c, std::string_view why) final;

    std::deque<connection> connections_;  // they do not move
    std::vector<clock::time_point> begun_;
    std::vector<std::size_t> slow_;
    std::size_t ready_ = 0;
    bool is_up_ = false;
    std::string failure_;
};

// Raises the limit of descriptors as far as it goes. Throws std::runtime_error with one line that
// says what to do, if `connections` need more.
void allow_connections(std::size_t connections);

}  // namespace gim::load
