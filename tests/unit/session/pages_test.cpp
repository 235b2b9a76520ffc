#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

// The pages of a list that changes at random between them: what does not change comes exactly once,
// what moves comes twice at most, and no page is an error.

using namespace gim::test;
using gim::model::parse_session_cursor;
using gim::model::session_id;
using gim::model::sessions_request;

namespace {

constexpr std::uint64_t seeds = 12;
constexpr std::size_t names = 8;

// How often each entry came, and where each one stood in every look at the whole list. The place of
// an entry that does not move is any text that is always the same.
class paged_list {
public:
    void look(const std::map<std::string, std::string>& whole) {
        if (!has_looked_) {
            still_ = whole;
            has_looked_ = true;
        }
        std::erase_if(still_, [&](const auto& entry) {
            const auto now = whole.find(entry.first);
            return now == whole.end() || now->second != entry.second;
        });
    }
    void came(const std::string& entry) { ++times_[entry]; }

    void check(std::size_t most_times) const {
        for (const auto& [entry, place] : still_) {
            CAPTURE(entry);
            const auto found = times_.find(entry);
            const bool is_there = found != times_.end();
            CHECK(is_there);
            CHECK((!is_there || found->second == 1));
        }
        for (const auto& [entry, times] : times_) {
            CAPTURE(entry);
            CHECK(times <= most_times);
        }
    }

private:
    bool has_looked_ = false;
    std::map<std::string, std::string> still_;
    std::map<std::string, std::size_t> times_;
};

// A server whose stores keep few messages, and what may happen there at any time.
class changing_server {
public:
    changing_server(std::size_t workers, std::uint64_t seed)
        : random_(seed),
          server(
              workers,
              {},
              0,
              8,
              {.sends_of_user = {}, .sends_to_room = {}},
              {},
              {},
              small_stores
          ) {
        ann = &server.log_in("ann");
        for (std::size_t i = 0; i < names; ++i) {
            peers_.push_back(&server.log_in(peer(i)));
        }
        for (int i = 0; i < 40; ++i) {
            change();
        }
    }

    std::size_t any(std::size_t below) { return random_() % below; }

    void change() {
        server.clock_ms += static_cast<std::int64_t>(any(3));
        auto& other = *peers_[any(names)];
        const auto room = "r" + std::to_string(any(names));
        switch (any(9)) {
            case 0:
            case 1:
                REQUIRE(server.send_to_user(*ann, other.user.id, content()));
                break;
            case 2:
                REQUIRE(server.send_to_user(other, "ann", content()));
                break;
            case 3:
            case 4:
                REQUIRE(server.join(*ann, room));
                break;
            case 5:
                REQUIRE(server.join(other, room));
                break;
            case 6:
                // 403: not a member.
                static_cast<void>(server.send_to_room(any(2) == 0 ? *ann : other, room, content()));
                break;
            case 7:
                static_cast<void>(server.leave(any(2) == 0 ? *ann : other, room));
                break;
            default:
                if (any(3) == 0) {
                    static_cast<void>(server.dismiss(*ann, room));
                }
        }
    }
    void change_some() {
        for (auto n = any(4); n > 0; --n) {
            change();
        }
    }

private:
    static std::string peer(std::size_t i) { return "u" + std::to_string(i); }
    // Every third one evicts others.
    std::string content() { return std::string(any(3) == 0 ? 20'000 : 10, 'x'); }

    static std::unique_ptr<gim::storage::store>
    small_stores(gim::worker::worker& home, std::unique_ptr<gim::storage::store>) {
        gim::storage::memory_store_options options;
        options.epoch = "e";
        options.worker = static_cast<unsigned>(home.index());
        options.most.history_bytes = 60'000;
        options.most.private_sessions_of_user = names - 1;
        return std::make_unique<gim::storage::memory_store>(options);
    }

    std::mt19937_64 random_;
    std::vector<device*> peers_;

public:
    running_server server;
    device* ann = nullptr;
};

template <class Walk>
void for_each_seed(Walk walk) {
    for (const auto workers : worker_counts) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            CAPTURE(workers);
            CAPTURE(seed);
            changing_server s(workers, seed);
            walk(s);
        }
    }
}

// More than a walk over these lists can have, unless it runs in circles.
constexpr int most_pages = 300;

}  // namespace

TEST_CASE("pages of sessions are stable while sessions move, come and go") {
    for_each_seed([](changing_server& s) {
        paged_list list;
        const auto look = [&] {
            const auto whole = s.server.sessions(*s.ann, {{}, 300});
            REQUIRE(whole);
            std::map<std::string, std::string> places;
            for (const auto& item : whole->items) {
                places[item.session.text()] = std::to_string(item.updated_at);
            }
            list.look(places);
        };
        sessions_request request{{}, 1 + s.any(4)};
        int pages = 0;
        for (bool has_more = true; has_more; ++pages) {
            REQUIRE(pages < most_pages);
            look();
            const auto page = s.server.sessions(*s.ann, request);
            REQUIRE(page);
            for (const auto& item : page->items) {
                list.came(item.session.text());
            }
            has_more = page->next.has_value();
            if (has_more) {
                REQUIRE(page->items.size() == request.limit);
                request.after = parse_session_cursor(*page->next);
                REQUIRE(request.after);
            }
            s.change_some();
        }
        look();
        list.check(2);
    });
}

TEST_CASE("pages of members and of rooms are stable while they come and go") {
    for_each_seed([](changing_server& s) {
        REQUIRE(s.server.join(*s.ann, "hall"));
        for (int i = 0; i < 6; ++i) {
            auto& d = s.server.log_in("m" + std::to_string(i));
            REQUIRE(s.server.join(d, "hall"));
        }
        paged_list members;
        paged_list rooms;
        const auto look = [&] {
            std::map<std::string, std::string> places;
            const auto inside = s.server.members(*s.ann, {"hall", {}, 300});
            REQUIRE(inside);
            for (const auto& item : inside->items) {
                places[item.id];
            }
            members.look(places);
            places.clear();
            const auto all =
                s.server.ask(*s.ann, [&] { return s.server.services.rooms.list("", 300); });
            REQUIRE(all);
            for (const auto& item : all->items) {
                places[item.id];
            }
            rooms.look(places);
        };
        const auto limit = 1 + s.any(3);
        std::optional<std::string> next_member = "";
        std::optional<std::string> next_room = "";
        for (int pages = 0; next_member || next_room; ++pages) {
            REQUIRE(pages < most_pages);
            look();
            if (next_member) {
                const auto after = next_member->empty() ? std::nullopt : next_member;
                const auto page = s.server.members(*s.ann, {"hall", after, limit});
                REQUIRE(page);
                for (const auto& item : page->items) {
                    members.came(item.id);
                }
                next_member = page->next;
            }
            if (next_room) {
                const auto page = s.server.ask(*s.ann, [&] {
                    return s.server.services.rooms.list(*next_room, limit);
                });
                REQUIRE(page);
                for (const auto& item : page->items) {
                    rooms.came(item.id);
                }
                next_room = page->next;
            }
            auto& d = s.server.log_in("m" + std::to_string(s.any(12)));
            if (s.any(2) == 0) {
                REQUIRE(s.server.join(d, "hall"));
            } else {
                static_cast<void>(s.server.leave(d, "hall"));
            }
            s.server.logout(d);
            s.change_some();
        }
        look();
        members.check(1);
        rooms.check(1);
    });
}

TEST_CASE("pages of history are stable while messages come and are evicted") {
    for_each_seed([](changing_server& s) {
        for (const bool backwards : {true, false}) {
            CAPTURE(backwards);
            REQUIRE(s.server.join(*s.ann, "hall"));
            for (int i = 0; i < 20; ++i) {
                REQUIRE(s.server.send_to_room(*s.ann, "hall", "m"));
            }
            paged_list list;
            const auto hall = session_id::room("hall");
            gim::model::history_query whole;
            whole.limit = 300;
            const auto look = [&] {
                std::map<std::string, std::string> places;
                const auto kept = s.server.history(*s.ann, {hall, whole});
                REQUIRE(kept);
                for (const auto& m : kept->items) {
                    places[std::to_string(m->sequence)];
                }
                list.look(places);
            };
            gim::model::history_query query;
            query.limit = 1 + s.any(5);
            if (!backwards) {
                query.after = 0;
            }
            int pages = 0;
            for (bool has_more = true; has_more; ++pages) {
                REQUIRE(pages < most_pages);
                look();
                const auto page = s.server.history(*s.ann, {hall, query});
                REQUIRE(page);
                for (const auto& m : page->items) {
                    list.came(std::to_string(m->sequence));
                }
                has_more = page->has_more;
                if (has_more) {
                    REQUIRE(!page->items.empty());
                    (backwards ? query.before : query.after) = page->items.back()->sequence;
                }
                if (s.any(2) == 0) {
                    REQUIRE(s.server.send_to_room(*s.ann, "hall", std::string(15'000, 'x')));
                }
                s.change_some();
            }
            look();
            list.check(1);
        }
    });
}
