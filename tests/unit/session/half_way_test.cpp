// A join or a leave of which one step fails, whichever it is.

#include "storage/feed.hpp"
#include "support/run.hpp"
#include "unit/session/late_store.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

using namespace gim::test;
using gim::model::session_id;

namespace {

enum class fault {
    refused,     // 503, and nothing is done
    answerless,  // it is done, and the answer is lost: 503
    thrown       // no memory
};

// Which of all calls to the stores fails.
struct fault_plan {
    fault kind = fault::refused;
    std::atomic<int> calls{0};
    std::atomic<int> failing{0};  // counted from 1; 0: none

    bool is_next() { return ++calls == failing; }
};

// Nothing happens in it but here.
class silent_feed final : public gim::storage::feed {
public:
    void listen(gim::storage::feed_listener&) override {}
    void watch(const session_id&) override {}
    void unwatch(const session_id&) override {}
    gim::worker::async_result<void> watching(const session_id&) override { return done(); }
    void watch_user(std::string_view) override {}
    void unwatch_user(std::string_view) override {}
    gim::worker::async_result<void> watching_user(std::string_view) override { return done(); }

private:
    static gim::worker::async_result<void> done() { co_return gim::model::result<void>(); }
};

class faulty_store final : public late_store {
    template <class T>
    using async_result = gim::worker::async_result<T>;

public:
    faulty_store(
        gim::worker::worker& on,
        std::unique_ptr<gim::storage::store> behind,
        fault_plan& plan,
        bool is_shared
    )
        : late_store(on, std::move(behind)), plan_(plan), is_shared_(is_shared) {}

    gim::storage::feed* changes() noexcept override { return is_shared_ ? &feed_ : nullptr; }

    async_result<bool> add_member(std::string_view room, std::string_view user, std::size_t max)
        override {
        return step(late_store::add_member(room, user, max));
    }
    async_result<bool> remove_member(std::string_view room, std::string_view user) override {
        return step(late_store::remove_member(room, user));
    }
    async_result<bool> is_member(std::string_view room, std::string_view user) override {
        return step(late_store::is_member(room, user));
    }
    async_result<std::optional<gim::storage::room_record>> find_room(std::string_view room
    ) override {
        return step(late_store::find_room(room));
    }
    async_result<void> add_room_of(
        std::string_view user,
        std::string_view room,
        std::int64_t now_ms,
        gim::storage::list_options how
    ) override {
        return step(late_store::add_room_of(user, room, now_ms, how));
    }
    async_result<void> remove_room_of(std::string_view user, std::string_view room) override {
        return step(late_store::remove_room_of(user, room));
    }

private:
    template <class T>
    async_result<T> step(async_result<T> call) {
        const gim::model::error unavailable{gim::model::status::unavailable, "planned"};
        const bool is_failing = plan_.is_next();
        if (is_failing && plan_.kind == fault::thrown) {
            throw std::bad_alloc();
        }
        if (is_failing && plan_.kind == fault::refused) {
            co_return unavailable;
        }
        auto answer = co_await std::move(call);
        if (is_failing) {
            co_return unavailable;
        }
        co_return answer;
    }

    fault_plan& plan_;
    const bool is_shared_;
    silent_feed feed_;
};

struct faulty_server {
    fault_plan plan;
    const bool is_shared;
    running_server server;
    device& ann;

    faulty_server(std::size_t workers, fault kind, bool shared)
        : is_shared(shared),
          server(
              workers,
              {gim::push::batch_mode::full, 1, std::chrono::milliseconds(1)},
              0,
              8,
              {.sends_of_user = {}},
              {},
              {},
              [this](gim::worker::worker& on, auto behind) {
                  return std::make_unique<faulty_store>(on, std::move(behind), plan, is_shared);
              }
          ),
          ann(server.log_in("ann")) {
        plan.kind = kind;
    }

    void fail_at(int call) {
        plan.calls = 0;
        plan.failing = call;
    }
    // True if it was done; false if it was refused, or threw.
    template <class Question>
    bool is_done(Question question) {
        try {
            return question().has_value();
        } catch (const std::bad_alloc&) {
            return false;
        }
    }
    bool is_member() {
        auto& home = server.all.home_of(session_id::room("den"));
        return unwrap(run_on(home.thread, [&] { return home.store->is_member("den", "ann"); }));
    }
    bool is_listed() {
        auto& home = server.all.home_of_user("ann");
        return !unwrap(run_on(home.thread, [&] { return home.store->rooms_of("ann"); })).empty();
    }
    bool is_receiving() {
        server.settle();
        return call_on(ann.home, [this] {
            auto& here = server.all.at(ann.home.index());
            return !here.audience.rooms_received(ann.ref.id).empty();
        });
    }
};

template <class Check>
void with_each_fault(Check check) {
    struct setting {
        fault kind;
        bool is_shared;
    };
    // In memory nothing is refused half-way and no answer is lost.
    for (const auto [kind, is_shared] :
         {setting{fault::thrown, false},
          setting{fault::thrown, true},
          setting{fault::refused, true},
          setting{fault::answerless, true}}) {
        for (const auto workers : worker_counts) {
            if (is_shared && workers > 1) {
                continue;  // each worker's memory is its own
            }
            CAPTURE(static_cast<int>(kind));
            CAPTURE(is_shared);
            CAPTURE(workers);
            faulty_server s(workers, kind, is_shared);
            bool is_done = false;
            int steps = 0;
            while (!is_done) {
                REQUIRE(steps < 30);
                ++steps;
                CAPTURE(steps);
                is_done = check(s, steps);
            }
            CHECK(steps > 2);
        }
    }
}

}  // namespace

TEST_CASE("a join of which any step fails leaves no member who receives nothing") {
    with_each_fault([](faulty_server& s, int step) {
        s.fail_at(step);
        const bool is_done = s.is_done([&] { return s.server.join(s.ann, "den"); });
        s.fail_at(0);
        if (is_done || s.is_shared) {
            // Where the store is shared, its feed tells the devices of a join that is answered 503.
            CHECK(s.is_member() == s.is_listed());
            CHECK((s.is_receiving() || !is_done));
        } else {
            CHECK_FALSE(s.is_member());
            CHECK_FALSE(s.is_listed());
            CHECK_FALSE(s.is_receiving());
        }
        if (!is_done && s.is_member()) {
            REQUIRE(s.server.leave(s.ann, "den"));
        }
        return is_done;
    });
}

TEST_CASE("a leave of which any step fails leaves no member whose list lacks the room") {
    with_each_fault([](faulty_server& s, int step) {
        s.fail_at(0);
        REQUIRE(s.server.join(s.ann, "den"));
        s.fail_at(step);
        const bool is_done = s.is_done([&] { return s.server.leave(s.ann, "den"); });
        s.fail_at(0);
        CHECK((s.is_listed() || !s.is_member()));
        if (is_done) {
            CHECK_FALSE(s.is_member());
            CHECK_FALSE(s.is_listed());
            CHECK_FALSE(s.is_receiving());
        }
        return is_done;
    });
}
