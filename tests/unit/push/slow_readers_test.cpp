#include "push/slow_readers.hpp"

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

using gim::push::cut;
using gim::push::flush_list;
using gim::test::raw_frame;
using gim::test::written_outbox;
using namespace std::chrono_literals;

namespace {

using instant = gim::push::outbox::clock::time_point;

struct fixture {
    flush_list list{{}, [] {}};

    // An outbox in which `bytes` wait since `made`.
    std::unique_ptr<written_outbox> make(std::size_t bytes, instant made = instant(0s)) {
        auto o = std::make_unique<written_outbox>(list);
        o->box.push(raw_frame(std::string(bytes, 'x'), made));
        return o;
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "an outbox is among them while its socket takes nothing") {
    CHECK(list.slow().is_empty());
    auto a = make(10);
    auto b = make(20);
    CHECK(list.slow().is_empty());
    a->box.set_blocked(true);
    a->box.set_blocked(true);
    b->box.set_blocked(true);
    CHECK(list.slow().bytes() == 30);
    b->box.push(raw_frame("1234"));
    CHECK(list.slow().bytes() == 34);
    a->box.set_blocked(false);
    CHECK(list.slow().bytes() == 24);
    b.reset();
    CHECK(list.slow().is_empty());
    CHECK(list.slow().bytes() == 0);
}

TEST_CASE_FIXTURE(fixture, "cut off is whose oldest byte is too old, and nobody else") {
    auto old = make(1, instant(1s));
    auto partly = make(3, instant(1s));
    auto young = make(1, instant(4s));
    auto healthy = make(1, instant(1s));  // its socket takes bytes: it is just about to be written
    for (auto* o : {&old, &partly, &young}) {
        (*o)->box.set_blocked(true);
    }
    partly->box.push(raw_frame("younger", instant(5s)));
    partly->box.consume(3);
    list.slow().judge(instant(6s) - 1ns, 5s);
    CHECK_FALSE(old->box.is_cut_off());
    list.slow().judge(instant(6s), 5s);
    CHECK(old->box.why_cut() == cut::too_old);
    CHECK_FALSE(partly->box.is_cut_off());
    CHECK_FALSE(young->box.is_cut_off());
    CHECK_FALSE(healthy->box.is_cut_off());
    list.slow().judge(instant(10s), 5s);
    CHECK(partly->box.is_cut_off());
    CHECK(young->box.is_cut_off());
}

TEST_CASE_FIXTURE(fixture, "one that was told its close is not cut off a second time") {
    auto a = make(1, instant(1s));
    a->box.set_blocked(true);
    a->box.seal();
    list.slow().judge(instant(100s), 5s);
    CHECK_FALSE(a->box.is_cut_off());
    CHECK(list.slow().cut_largest(1, instant(100s), 5s) == 0);
}

TEST_CASE_FIXTURE(fixture, "the largest go first, and no more than are needed") {
    auto small = make(10);
    auto large = make(100);
    auto middle = make(50);
    for (auto* o : {&small, &large, &middle}) {
        (*o)->box.set_blocked(true);
    }
    list.slow().judge(instant(1s), 0s);
    const auto cut_largest = [&](std::size_t bytes) {
        return list.slow().cut_largest(bytes, instant(2s), 0s);
    };
    CHECK(cut_largest(0) == 0);
    CHECK(cut_largest(100) == 1);
    CHECK(large->box.why_cut() == cut::short_of_memory);
    CHECK_FALSE(middle->box.is_cut_off());
    CHECK(cut_largest(51) == 2);
    CHECK(middle->box.is_cut_off());
    CHECK(small->box.is_cut_off());
    CHECK(cut_largest(1000) == 0);
}

TEST_CASE_FIXTURE(
    fixture,
    "short of memory, those that take nothing go first, and those with a good pace never"
) {
    auto stopped = make(10, instant(1s));
    auto late = make(100, instant(1s));
    auto good = make(1000, instant(5s));
    for (auto* o : {&stopped, &late, &good}) {
        (*o)->box.set_blocked(true);
    }
    list.slow().judge(instant(5s), 10s);
    late->box.consume(1);
    good->box.consume(1);
    list.slow().judge(instant(6s), 10s);
    CHECK(list.slow().cut_largest(1, instant(6s), 10s) == 1);
    CHECK(stopped->box.is_cut_off());
    CHECK(list.slow().cut_largest(10'000, instant(6s), 10s) == 1);
    CHECK(late->box.is_cut_off());
    CHECK_FALSE(good->box.is_cut_off());
}

TEST_CASE_FIXTURE(fixture, "what a list of frames takes is known, too") {
    auto a = make(1);
    a->box.set_blocked(true);
    CHECK(list.slow().list_bytes() == 0);
    for (int i = 0; i < 1000; ++i) {
        a->box.push(raw_frame("x"));
    }
    CHECK(list.slow().list_bytes() >= 1000 * sizeof(void*));
}
