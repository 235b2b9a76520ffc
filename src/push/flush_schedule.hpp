#pragma once

#include <chrono>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace gim::push {

// When which room's batch is due, on one worker. A room stands in it at most once; whoever takes it
// out looks at the batch itself.
//
// Sans-io: time is passed in.
template <class Room>
class flush_schedule {
public:
    using clock = std::chrono::steady_clock;

    void add(Room& room, clock::time_point due) { heap_.emplace(due, &room); }

    // The next room that is due at `now`, taken out; null if none is.
    Room* take_due(clock::time_point now) {
        if (heap_.empty() || heap_.top().first > now) {
            return nullptr;
        }
        Room* room = heap_.top().second;
        heap_.pop();
        return room;
    }

    std::optional<clock::time_point> next_due() const {
        if (heap_.empty()) {
            return std::nullopt;
        }
        return heap_.top().first;
    }

private:
    using entry = std::pair<clock::time_point, Room*>;
    struct later {
        bool operator()(const entry& a, const entry& b) const { return a.first > b.first; }
    };
    std::priority_queue<entry, std::vector<entry>, later> heap_;
};

}  // namespace gim::push
