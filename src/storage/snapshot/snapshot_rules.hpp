#pragma once

#include "storage/snapshot/snapshot_records.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace gim::storage {

// What must hold of the records of a snapshot beside their form: so that whatever passes can be put
// into the stores without a second thought.
//
// Sans-io.
class snapshot_rules {
public:
    // What is wrong with the next record; empty: nothing.
    std::string_view check(const snapshot::record& next);

    bool has_ended() const noexcept { return stage_ == stage::ended; }

private:
    enum class stage { nothing, rooms, rest, ended };

    std::string_view check(const snapshot::beginning& r);
    std::string_view check(const snapshot::room& r);
    std::string_view check(const snapshot::member& r);
    std::string_view check(const snapshot::user& r);
    std::string_view check(const snapshot::joined& r);
    std::string_view check(const snapshot::listed& r);
    std::string_view check(const snapshot::horizon& r);
    std::string_view check(const snapshot::session& r);
    std::string_view check(const snapshot::message& r);
    std::string_view check(const snapshot::request& r);
    std::string_view check(const snapshot::ending& r);

    // The session whose messages come.
    struct progress {
        std::uint64_t sequence = 0;  // so far
        std::int64_t time = 0;
        std::uint64_t last_sequence = 0;
        std::int64_t last_time = 0;
    };

    stage stage_ = stage::nothing;
    bool is_in_room_ = false;
    std::optional<progress> session_;
    std::uint64_t records_ = 0;
};

}  // namespace gim::storage
