#include "tools/load/asking_crowd.hpp"

#include <algorithm>
#include <utility>

namespace gim::load {

namespace {

constexpr auto not_waiting = clock::time_point::min();

}  // namespace

asking_crowd::asking_crowd(
    poller& p,
    const client::endpoint& server,
    const client::dialect_factory& speak,
    progress& tell,
    recorder& keep,
    question ask
)
    : crowd(p, server, speak, tell), recorder_(keep), ask_(std::move(ask)) {}

void asking_crowd::start(std::size_t width) {
    asked_.assign(size(), not_waiting);
    for (std::size_t i = 0; i < std::min(width, size()); ++i) {
        ask_next();
    }
}

void asking_crowd::ask_next() {
    for (std::size_t tried = 0; tried < size() && !is_stopped_; ++tried) {
        const std::size_t client = turn_;
        turn_ = (turn_ + 1) % size();
        connection& c = at(client);
        if (c.is_open() && asked_[client] == not_waiting) {
            asked_[client] = clock::now();
            ask_(c);
            c.flush();
            return;
        }
    }
}

void asking_crowd::on_answer(connection& c, bool accepted) {
    const auto asked = std::exchange(asked_[c.number()], not_waiting);
    if (asked == not_waiting) {
        return;
    }
    if (accepted) {
        took_.add(poller_.now() - asked);
        recorder_.on_unit(asked, poller_.now());
    } else {
        ++refused_;
    }
    ask_next();
}

void asking_crowd::on_left(connection& c, std::string_view) {
    ++left_;
    if (std::exchange(asked_[c.number()], not_waiting) != not_waiting) {
        ask_next();
    }
}

}  // namespace gim::load
