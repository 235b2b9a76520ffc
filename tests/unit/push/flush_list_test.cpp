#include "push/flush_list.hpp"

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gim::push::flush_list;
using gim::test::raw_frame;
using gim::test::written_outbox;
using namespace std::chrono_literals;

namespace {

// A flush list as a worker drives it: at the end of the turn in which it was woken, and when it
// said that the next flush is due.
struct fixture {
    int wakes = 0;
    flush_list list{{1ms, 64 * 1024}, [this] { ++wakes; }};
    flush_list::clock::time_point now{1000h};
    std::optional<flush_list::clock::time_point> due;

    std::unique_ptr<written_outbox> make() { return std::make_unique<written_outbox>(list); }
    // Writes "1" as two frames, one of them empty: the connection is busy from now on.
    void write_several(written_outbox& o) {
        o.box.push(raw_frame("1"));
        o.box.push(raw_frame(""));
        end_turn();
    }
    void end_turn() {
        list.flush(now);
        list.finished(now);
        due = list.next_due();
    }
    void pass(flush_list::clock::duration d) {
        now += d;
        if (due && *due <= now) {
            end_turn();
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "the first frame after a quiet moment goes at the end of its turn") {
    auto a = make();
    a->box.push(raw_frame("1"));
    a->box.push(raw_frame("2"));
    CHECK(wakes == 1);
    CHECK(a->flushes == 0);
    end_turn();
    CHECK(a->written == "12");
    CHECK(a->flushes == 1);
    CHECK_FALSE(due);
    now += 2ms;
    a->box.push(raw_frame("3"));
    CHECK(wakes == 2);
    end_turn();
    CHECK(a->written == "123");
}

TEST_CASE_FIXTURE(fixture, "while a connection is busy, frames gather for one window") {
    auto a = make();
    write_several(*a);
    const auto first = now;
    for (int i = 0; i < 9; ++i) {
        pass(100us);
        a->box.push(raw_frame("x"));
        end_turn();
        CHECK(due == first + 1ms);
    }
    CHECK(a->flushes == 1);
    pass(99us);
    CHECK(a->flushes == 1);
    pass(1us);
    CHECK(a->flushes == 2);
    CHECK(a->written == "1xxxxxxxxx");
    CHECK_FALSE(due);
}

TEST_CASE_FIXTURE(
    fixture,
    "where one frame comes at a time, waiting is given up, and tried again"
) {
    auto a = make();
    a->box.push(raw_frame("x"));
    end_turn();
    std::vector<int> waits;  // after how many messages that were written at once
    for (int at_once = 0; waits.size() < 8;) {
        pass(10us);
        a->box.push(raw_frame("x"));
        const int before = a->flushes;
        end_turn();
        if (a->flushes > before) {
            ++at_once;
            continue;
        }
        waits.push_back(std::exchange(at_once, 0));
        now = *due;
        end_turn();
        CHECK(a->flushes == before + 1);
    }
    CHECK(waits == std::vector<int>{0, 1, 3, 7, 7, 7, 7, 7});
}

TEST_CASE_FIXTURE(fixture, "as soon as frames gather again, the connection is held again") {
    auto a = make();
    for (int i = 0; i < 6; ++i) {
        a->box.push(raw_frame("x"));
        end_turn();
        if (due) {
            now = *due;
            end_turn();
        }
    }
    a->box.push(raw_frame("y"));
    a->box.push(raw_frame("z"));
    end_turn();
    const int before = a->flushes;
    for (int i = 0; i < 5; ++i) {
        a->box.push(raw_frame("1"));
        end_turn();
        a->box.push(raw_frame("2"));
        end_turn();
        CHECK(a->flushes == before + i);
        now = *due;
        end_turn();
        CHECK(a->flushes == before + i + 1);
    }
}

TEST_CASE_FIXTURE(fixture, "who drives the list sees that more has come") {
    auto a = make();
    const auto before = list.added();
    a->box.push(raw_frame("1"));
    CHECK(list.added() == before + 1);
    a->box.push(raw_frame("2"));
    CHECK(list.added() == before + 2);
    end_turn();
    CHECK(list.added() == before + 2);
}

TEST_CASE_FIXTURE(fixture, "held frames ask for no wake-up, each new turn's first one does") {
    auto a = make();
    write_several(*a);
    a->box.push(raw_frame("2"));
    CHECK(wakes == 2);
    end_turn();  // held
    a->box.push(raw_frame("3"));
    a->box.push(raw_frame("4"));
    CHECK(wakes == 2);
    pass(1ms);
    CHECK(a->written == "1234");
}

TEST_CASE_FIXTURE(fixture, "64 KiB go at once, whether they came held or in one turn") {
    auto a = make();
    write_several(*a);
    a->box.push(raw_frame(std::string(60'000, 'x')));
    end_turn();
    CHECK(a->flushes == 1);
    const auto before = wakes;
    a->box.push(raw_frame(std::string(6'000, 'y')));
    CHECK(wakes == before + 1);
    end_turn();
    CHECK(a->flushes == 2);
    CHECK(a->written.size() == 66'001);
    a->box.push(raw_frame(std::string(70'000, 'z')));
    end_turn();
    CHECK(a->flushes == 3);
    pass(1ms);
    CHECK(a->flushes == 3);
}

TEST_CASE_FIXTURE(fixture, "those almost due are written together") {
    auto a = make();
    auto b = make();
    auto c = make();
    for (auto* o : {&a, &b, &c}) {
        write_several(**o);
        now += o == &b ? 500us : 200us;
    }
    for (auto* o : {&a, &b, &c}) {
        (*o)->box.push(raw_frame("2"));
    }
    end_turn();
    CHECK(a->flushes == 1);
    now = *due;
    end_turn();
    CHECK(a->written == "12");
    CHECK(b->written == "12");  // 200 us early
    CHECK(c->written == "1");   // 700 us early
    now = *due;
    end_turn();
    CHECK(c->written == "12");
    CHECK_FALSE(due);
}

TEST_CASE_FIXTURE(fixture, "an outbox that is cut off is flushed without waiting for the window") {
    auto a = make();
    write_several(*a);
    a->box.push(raw_frame("2"));
    end_turn();
    CHECK(a->flushes == 1);
    a->box.cut_off(gim::push::cut::too_old);
    end_turn();
    CHECK(a->flushes == 2);
    CHECK(a->box.is_cut_off());
}

TEST_CASE_FIXTURE(fixture, "an outbox may go in every state") {
    auto never = make();
    auto ready = make();
    auto held = make();
    auto other = make();
    for (auto* o : {&held, &other}) {
        (*o)->box.push(raw_frame("1"));
    }
    end_turn();
    for (auto* o : {&held, &other}) {
        (*o)->box.push(raw_frame("2"));
    }
    end_turn();
    ready->box.push(raw_frame("1"));
    never.reset();
    ready.reset();
    held.reset();
    end_turn();
    pass(1ms);
    CHECK(other->written == "12");
    CHECK_FALSE(due);
}

TEST_CASE_FIXTURE(fixture, "a flush may destroy others, due or held, before and behind it") {
    for (const bool while_held : {false, true}) {
        CAPTURE(while_held);
        std::vector<std::unique_ptr<written_outbox>> all;
        for (int i = 0; i < 5; ++i) {
            all.push_back(make());
        }
        if (while_held) {
            for (auto& o : all) {
                o->box.push(raw_frame("0"));
            }
            end_turn();
        }
        all[2]->on_flush = [&] {
            all[1].reset();
            all[3].reset();
        };
        for (auto& o : all) {
            o->box.push(raw_frame("1"));
        }
        end_turn();
        pass(1ms);
        for (std::size_t i = 0; i <= 4; i += 2) {
            CHECK(all[i]->written == (while_held ? "01" : "1"));
        }
        CHECK_FALSE(due);
    }
}

TEST_CASE_FIXTURE(fixture, "a flush may push to itself and to others") {
    auto a = make();
    auto b = make();
    int left = 3;
    a->on_flush = [&] {
        if (left-- > 0) {
            a->box.push(raw_frame("a"));
            b->box.push(raw_frame("b"));
        }
    };
    a->box.push(raw_frame("A"));
    end_turn();
    for (int i = 0; i < 20; ++i) {
        end_turn();
        pass(500us);
    }
    CHECK(a->written == "Aaaa");
    CHECK(b->written == "bbb");
}

TEST_CASE_FIXTURE(fixture, "a flush that makes a held one urgent, which is then destroyed") {
    auto a = make();
    auto b = make();
    a->box.push(raw_frame("1"));
    write_several(*b);
    a->box.push(raw_frame("2"));
    b->box.push(raw_frame("2"));
    end_turn();
    a->on_flush = [&] { b->box.push(raw_frame(std::string(70'000, 'x'))); };
    b->on_flush = [&] {
        if (b->flushes == 2) {
            b->box.push(raw_frame("3"));
        }
    };
    now = *due;
    list.flush(now);  // `b` became urgent before its own turn came
    b.reset();
    list.finished(now);
    for (int i = 0; i < 3; ++i) {
        now += 1ms;
        end_turn();
    }
    CHECK(a->written == "12");
    CHECK_FALSE(due);
}

TEST_CASE_FIXTURE(fixture, "a window begins when the writing is finished, not when it began") {
    auto a = make();
    a->box.push(raw_frame("1"));
    a->box.push(raw_frame(""));
    list.flush(now);
    now += 5ms;  // a large room
    list.finished(now);
    CHECK_FALSE(list.next_due());
    a->box.push(raw_frame("2"));
    end_turn();
    CHECK(a->written == "1");
    CHECK(due == now + 1ms);
    pass(1ms);
    CHECK(a->written == "12");
}

namespace {

// Forty connections, written to in slices of ten.
struct large_room {
    flush_list list{{1ms, 64 * 1024, 10}, [] {}};
    flush_list::clock::time_point now{1000h};
    std::vector<std::unique_ptr<written_outbox>> members;

    large_room() {
        for (int i = 0; i < 40; ++i) {
            members.push_back(std::make_unique<written_outbox>(list));
        }
    }
    void push_to_all(const char* text) {
        for (auto& m : members) {
            m->box.push(raw_frame(text));
        }
    }
    void slice() {
        list.flush(now);
        list.finished(now);
    }
    std::size_t count(std::string_view written) const {
        return static_cast<std::size_t>(std::count_if(
            members.begin(), members.end(), [&](const auto& m) { return m->written == written; }
        ));
    }
};

}  // namespace

TEST_CASE_FIXTURE(large_room, "a large room is written in slices, those first that were first") {
    push_to_all("1");
    for (std::size_t slices = 1; slices <= 4; ++slices) {
        slice();
        for (std::size_t i = 0; i < members.size(); ++i) {
            REQUIRE(members[i]->written == (i < 10 * slices ? "1" : ""));
        }
        CHECK(list.has_more() == (slices < 4));
    }
}

TEST_CASE_FIXTURE(large_room, "what comes between slices goes with those who are still to come") {
    push_to_all("1");
    slice();
    now += 1ms;
    push_to_all("2");
    slice();
    CHECK(count("1") == 10);
    CHECK(count("12") == 10);
    CHECK(count("") == 20);
    slice();
    slice();
    CHECK(count("12") == 30);
    CHECK(list.has_more());
    slice();
    CHECK(count("12") == 40);
    CHECK_FALSE(list.has_more());
}

TEST_CASE_FIXTURE(large_room, "members may leave while they wait for their slice") {
    push_to_all("1");
    slice();
    for (const std::size_t gone : {0U, 12U, 39U}) {
        members[gone].reset();
    }
    std::erase(members, nullptr);
    while (list.has_more()) {
        slice();
    }
    CHECK(count("1") == 37);
}

TEST_CASE_FIXTURE(large_room, "under load that never ends nobody is left out") {
    for (int round = 0; round < 3000; ++round) {
        now += 100us;
        push_to_all("x");
        slice();
    }
    while (list.has_more() || list.next_due()) {
        now += 1ms;
        slice();
    }
    CHECK(count(std::string(3000, 'x')) == 40);
}

namespace {

// Members of one room, who get each message together.
struct crowd {
    flush_list list{{}, [] {}};
    flush_list::clock::time_point now{1000h};
    std::vector<std::unique_ptr<written_outbox>> members;

    void gather(int count) {
        for (int i = 0; i < count; ++i) {
            members.push_back(std::make_unique<written_outbox>(list));
        }
    }
    void push_to_all() {
        for (auto& m : members) {
            m->box.push(raw_frame("x"));
        }
        end_turn();
    }
    void end_turn() {
        list.flush(now);
        list.finished(now);
    }
    // Two frames in one turn: gathering is worth while from now on.
    void make_busy() {
        for (auto& m : members) {
            m->box.push(raw_frame(""));
        }
        push_to_all();
    }
    int flushes() const { return members.back()->flushes; }
};

}  // namespace

TEST_CASE_FIXTURE(crowd, "a busy crowd lingers though its window is over, by its size") {
    for (const auto& [count, linger] : {std::pair{100, 200us}, std::pair{600, 1000us}}) {
        CAPTURE(count);
        members.clear();
        gather(count);
        make_busy();
        now += 3ms;  // others of the room are on a slower worker
        push_to_all();
        CHECK(flushes() == 1);
        CHECK(list.next_due() == now + linger);
        now += linger / 2;
        push_to_all();  // does not put it off any further
        CHECK(list.next_due() == now + linger / 2);
        now += linger / 2;
        end_turn();
        CHECK(flushes() == 2);
        CHECK(members.front()->written == "xxx");
        CHECK_FALSE(list.next_due());
    }
}

TEST_CASE_FIXTURE(crowd, "a crowd after a quiet moment, and a handful, do not linger") {
    gather(100);
    make_busy();
    now += 17ms;
    push_to_all();
    CHECK(flushes() == 2);

    members.resize(20);
    now += 17ms;
    make_busy();
    now += 3ms;
    push_to_all();
    CHECK(flushes() == 4);
}

TEST_CASE_FIXTURE(crowd, "a crowd that lingered in vain does so less and less") {
    gather(100);
    make_busy();
    int lingered = 0;
    for (int i = 0; i < 100; ++i) {
        now += 3ms;
        push_to_all();
        if (list.next_due()) {
            ++lingered;
            now = *list.next_due();
            end_turn();
        }
        REQUIRE(flushes() == 2 + i);
    }
    CHECK(lingered == 14);
}

TEST_CASE("without a window a crowd does not linger") {
    crowd c;
    flush_list at_once{{0ms}, [] {}};
    for (int i = 0; i < 100; ++i) {
        c.members.push_back(std::make_unique<written_outbox>(at_once));
    }
    for (int i = 1; i <= 3; ++i) {
        for (auto& m : c.members) {
            m->box.push(raw_frame("x"));
            m->box.push(raw_frame("x"));
        }
        at_once.flush(c.now);
        at_once.finished(c.now);
        CHECK(c.flushes() == i);
    }
}

// Counted in time of the processor, which a busy machine does not lengthen.
TEST_CASE("a burst to a room of forty thousand searches for nobody") {
    crowd c;
    c.gather(40'000);
    c.make_busy();
    while (c.list.has_more()) {
        c.end_turn();
    }
    for (auto& m : c.members) {
        m->box.push(raw_frame("x"));  // held from the end of the turn on
    }
    c.end_turn();
    REQUIRE(c.list.next_due());
    const auto begin = std::clock();
    const auto large = raw_frame(std::string(70'000, 'x'));
    for (auto& m : c.members) {
        m->box.push(large);  // too much to be held any longer
    }
    c.members.clear();
    const auto seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    CHECK(seconds < 2);
}
