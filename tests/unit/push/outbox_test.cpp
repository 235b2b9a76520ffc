#include "push/outbox.hpp"

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <malloc.h>
#include <memory>
#include <new>
#include <string>

using gim::push::flush_list;
using gim::push::outbox;
using gim::test::raw_frame;
using gim::test::waiting_bytes;

namespace {

// An outbox and what its socket has seen. The test writes; nothing is flushed by itself.
struct fixture : gim::push::outbox_writer {
    int woken = 0;
    flush_list list{{}, [this] { ++woken; }};
    gim::push::outbox_options options{100};
    std::unique_ptr<outbox> made = std::make_unique<outbox>(*this, list, options);
    outbox& box = *made;
    int flushes = 0;
    std::string sent;

    virtual ~fixture() = default;
    void flush() noexcept override { ++flushes; }
    void end_turn() {
        list.flush(outbox::clock::time_point(std::chrono::hours(1)));
        list.finished(outbox::clock::time_point(std::chrono::hours(1)));
    }
    void push(std::string bytes) { box.push(raw_frame(std::move(bytes))); }
    // The socket takes `n` bytes of what gather() gives.
    void write(std::size_t n) {
        sent += waiting_bytes(box).substr(0, n);
        box.consume(n);
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "frames are gathered in order, also when the socket takes any part") {
    const std::string all = "onethree3fourfour4";
    for (std::size_t first = 0; first <= all.size(); ++first) {
        for (std::size_t second = 0; first + second <= all.size(); ++second) {
            sent.clear();
            for (const auto* f : {"one", "three3", "fourfour", "4"}) {
                push(f);
            }
            REQUIRE(box.bytes() == all.size());
            write(first);
            REQUIRE(box.bytes() == all.size() - first);
            write(second);
            REQUIRE(waiting_bytes(box) == all.substr(first + second));
            REQUIRE(box.is_empty() == (first + second == all.size()));
            write(box.bytes());
            REQUIRE(sent == all);
            REQUIRE(box.is_empty());
            REQUIRE(box.bytes() == 0);
        }
    }
}

TEST_CASE_FIXTURE(fixture, "gather() fills no more buffers than it is given") {
    for (const auto* f : {"a", "bb", "ccc"}) {
        push(f);
    }
    std::array<iovec, 2> parts;
    REQUIRE(box.gather(parts) == 2);
    CHECK(std::string(static_cast<char*>(parts[1].iov_base), parts[1].iov_len) == "bb");
    CHECK(box.consume(2) == 1);
    CHECK(box.consume(1) == 1);
    REQUIRE(box.gather(parts) == 1);
    CHECK(parts[0].iov_len == 3);
    CHECK(box.consume(2) == 0);  // no frame is through
    CHECK(box.consume(1) == 1);
    CHECK(box.gather(parts) == 0);
}

TEST_CASE_FIXTURE(fixture, "a push asks for a flush, but not while the socket is blocked") {
    push("a");
    CHECK(woken == 1);
    end_turn();
    CHECK(flushes == 1);
    write(1);
    box.set_blocked(true);
    CHECK(box.is_blocked());
    push("b");
    CHECK(woken == 1);
    CHECK(box.bytes() == 1);
    box.set_blocked(false);
    push("c");
    CHECK(woken == 2);
}

TEST_CASE_FIXTURE(fixture, "nothing is refused because of what waits already") {
    push(std::string(60, 'a'));
    push(std::string(40, 'b'));
    CHECK_FALSE(box.is_over());
    for (int i = 0; i < 50; ++i) {
        push(std::string(100, 'c'));
    }
    CHECK(box.is_over());
    CHECK_FALSE(box.is_cut_off());
    CHECK(box.bytes() == 5100);
    write(5100);
    CHECK(box.is_empty());
    CHECK(box.taken() == 5100);
}

TEST_CASE_FIXTURE(fixture, "cut off, a half-written frame stays whole, and a last word fits") {
    push("one");
    push("two");
    push(std::string(94, 'x'));
    push("too much");
    box.cut_off(gim::push::cut::too_much);
    write(4);  // all of "one" and a byte of "two"
    box.drop_waiting();
    CHECK_FALSE(box.is_cut_off());
    CHECK(waiting_bytes(box) == "wo");
    CHECK(box.bytes() == 2);
    push("bye");
    write(box.bytes());
    CHECK(sent == "onetwobye");
}

TEST_CASE_FIXTURE(
    fixture,
    "dropping at a frame's boundary drops everything, and nothing of nothing"
) {
    box.drop_waiting();
    CHECK(box.is_empty());
    push("one");
    push("two");
    write(3);
    box.drop_waiting();
    CHECK(box.is_empty());
    CHECK(box.bytes() == 0);
    push("three");
    CHECK(waiting_bytes(box) == "three");
}

TEST_CASE_FIXTURE(fixture, "a sealed outbox takes nothing more and still gives what it has") {
    push("last");
    box.seal();
    push("later");
    CHECK(waiting_bytes(box) == "last");
    push(std::string(200, 'x'));
    CHECK_FALSE(box.is_cut_off());
    write(4);
    CHECK(box.is_empty());
}

TEST_CASE_FIXTURE(fixture, "small frames are counted, as they take more memory than their bytes") {
    outbox few(*this, list, {.hard_bytes = 1000, .hard_frames = 3});
    for (int i = 0; i < 3; ++i) {
        few.push(raw_frame("x"));
    }
    CHECK_FALSE(few.is_over());
    few.push(raw_frame("x"));
    CHECK(few.is_over());
    CHECK(few.bytes() == 4);
}

TEST_CASE_FIXTURE(fixture, "what it says by itself counts in the memory until it is written") {
    gim::worker::memory_budget memory;
    flush_list counting(
        {}, [] {}, &memory
    );
    outbox one(*this, counting);
    const auto said = one.say(std::string(1000, 'x'));
    CHECK(said->bytes().size() == 1000);
    CHECK(memory.used() == 1000 + sizeof(gim::push::frame));
    one.say(gim::websocket::websocket_frame::ping());
    one.consume(1000);
    CHECK(memory.used() > 1000);  // `said` is still held
    one.drop_waiting();
    CHECK(memory.used() == 1000 + sizeof(gim::push::frame));
}

TEST_CASE_FIXTURE(fixture, "it is behind from the soft bound on until half of that is written") {
    outbox box2(*this, list, {.hard_bytes = 100, .soft_bytes = 40});
    box2.push(raw_frame(std::string(39, 'x')));
    CHECK_FALSE(box2.is_behind());
    box2.push(raw_frame("y"));
    CHECK(box2.is_behind());
    box2.consume(19);
    CHECK(box2.is_behind());
    box2.consume(1);
    CHECK_FALSE(box2.is_behind());
    box2.push(raw_frame(std::string(19, 'x')));
    CHECK_FALSE(box2.is_behind());
    box2.push(raw_frame("y"));
    CHECK(box2.is_behind());
    box2.drop_waiting();
    CHECK_FALSE(box2.is_behind());
}

TEST_CASE_FIXTURE(fixture, "without a soft bound it is never behind") {
    outbox box2(*this, list, {.hard_bytes = 100, .soft_bytes = 0});
    box2.push(raw_frame(std::string(100, 'x')));
    CHECK_FALSE(box2.is_behind());
}

TEST_CASE_FIXTURE(
    fixture,
    "cut off, it takes nothing, asks for a flush, and remembers the first cause"
) {
    push("one");
    end_turn();
    box.set_blocked(true);
    const auto before = woken;
    box.cut_off(gim::push::cut::too_old);
    box.cut_off(gim::push::cut::short_of_memory);
    CHECK(box.why_cut() == gim::push::cut::too_old);
    CHECK(woken == before + 1);
    push("two");
    CHECK(waiting_bytes(box) == "one");
}

TEST_CASE_FIXTURE(fixture, "sealed, it is not cut off any more: its last word was said") {
    push("bye");
    box.seal();
    box.cut_off(gim::push::cut::too_old);
    CHECK_FALSE(box.is_cut_off());
}

TEST_CASE_FIXTURE(fixture, "the oldest byte is as old as its frame, also when a part is written") {
    using time = outbox::clock::time_point;
    using std::chrono::seconds;
    box.push(raw_frame("one", time(seconds(1))));
    box.push(raw_frame("two", time(seconds(2))));
    box.consume(2);
    CHECK(box.oldest() == time(seconds(1)));
    box.consume(1);
    CHECK(box.oldest() == time(seconds(2)));
}

TEST_CASE_FIXTURE(fixture, "a frame is let go as soon as it is written") {
    struct counted {
        std::shared_ptr<const gim::websocket::websocket_frame> bytes =
            std::make_shared<const gim::websocket::websocket_frame>(
                gim::websocket::websocket_frame::ping()
            );
    } ping;
    box.push(gim::push::make_frame(ping.bytes));
    push("next");
    CHECK(ping.bytes.use_count() == 2);
    write(ping.bytes->bytes().size());
    CHECK(ping.bytes.use_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "an outbox may be destroyed wherever the flush list has it") {
    push("a");
    made.reset();
    end_turn();
    CHECK(flushes == 0);
}

TEST_CASE_FIXTURE(fixture, "a queue that never runs empty stays small over a million frames") {
    const auto f = raw_frame("0123456789");
    box.push(f);
    // What the program has allocated; a sanitizer's allocator leaves it at 0.
    const auto allocated = [] {
        const auto info = ::mallinfo2();
        return info.uordblks + info.hblkhd;
    };
    std::size_t worst = 0;
    const auto at_start = allocated();
    for (int i = 0; i < 1'000'000; ++i) {
        box.push(f);
        box.consume(10);
        if (i % 1000 == 0) {
            const auto now = allocated();
            worst = std::max(worst, now > at_start ? now - at_start : 0);
        }
    }
    CHECK(box.bytes() == 10);
    CHECK(waiting_bytes(box) == "0123456789");
    CHECK(worst < 64 * 1024);
}
