#pragma once

#include "base/text_map.hpp"
#include "model/error.hpp"
#include "storage/memory/shared_limit.hpp"
#include "storage/memory/sorted_set.hpp"
#include "storage/memory/text_key.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "storage/store.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// The rooms that are at home on one worker, and who is in them.
//
// Problem: a join creates the room, and the room stays when its last member has left, so anybody
// can create any number of rooms. If there are as many as the workers may have together, a new room
// replaces one that everybody has left, the one that was left first.
//
// Threads: one worker's.
class room_table {
public:
    // `forgotten` is called with each room that is evicted.
    room_table(shared_limit::share limit, std::function<void(std::string_view)> forgotten);
    room_table(const room_table&) = delete;
    room_table& operator=(const room_table&) = delete;

    // As the functions of `store`. 503: somebody is in each of the rooms that there may be.
    model::result<bool>
    add_member(std::string_view id, std::string_view user, std::size_t max_members = 0);
    model::result<bool> create(std::string_view id);
    bool remove_member(std::string_view id, std::string_view user);
    bool is_member(std::string_view id, std::string_view user) const;
    std::optional<std::vector<std::string>> remove(std::string_view id);
    std::optional<room_record> find(std::string_view id) const;
    id_page members(std::string_view id, std::string_view after, std::size_t limit) const;
    std::vector<room_record> rooms(std::string_view after, std::size_t limit) const;
    std::size_t size() const noexcept { return rooms_.size(); }
    // Rooms that everybody has left.
    std::size_t left() const noexcept { return left_.size(); }
    // Removes rooms that everybody has left, as other workers need their places.
    void evict();

    // --- a snapshot: all rooms, each with its members
    void save(snapshot_writer& to) const;
    // Nothing is done where there is no space.
    void restore(const snapshot::room& r);
    void restore(const snapshot::member& r);

private:
    // By text; all scores are 0, as sets ordered by their members only have them.
    using id_set = sorted_set<std::string, text_less>;
    using id_pointer_set = sorted_set<const std::string*, text_less>;

    struct room {
        const std::string* id = nullptr;  // its key
        id_set members;
        // In `left_`, while it is a room that everybody has left.
        boost::intrusive::list_member_hook<> left;
        shared_limit::age left_at = 0;  // the order in which all workers' rooms were left
    };

    // Made if it is absent.
    model::result<std::reference_wrapper<room>> room_of(std::string_view id);
    bool evict_first_left();
    void put_with_left(room& r);
    void take_from_left(room& r);
    void publish_first_left() noexcept;
    void erase(room& r);
    static void save(const room& r, snapshot::occupancy state, snapshot_writer& to);

    shared_limit::share limit_;
    const std::function<void(std::string_view)> forgotten_;
    base::text_map<room> rooms_;
    id_pointer_set by_id_;  // keys of rooms_
    boost::intrusive::
        list<room, boost::intrusive::member_hook<room, decltype(room::left), &room::left>>
            left_;              // the first one that was left comes first
    room* restored_ = nullptr;  // the one whose members come
};

}  // namespace gim::storage
