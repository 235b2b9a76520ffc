#include "push/batch.hpp"

#include "model/requests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

using gim::model::message;
using gim::push::batch;
using gim::push::batch_mode;
using namespace std::chrono_literals;

namespace {

const auto start = batch::clock::time_point(1000h);

gim::model::message_ptr numbered(std::uint64_t sequence) {
    auto m = std::make_shared<message>();
    m->sequence = sequence;
    return m;
}

std::vector<std::uint64_t> sequences(const batch::taken& t) {
    std::vector<std::uint64_t> out;
    std::ranges::transform(t.items, std::back_inserter(out), &message::sequence);
    return out;
}

}  // namespace

TEST_CASE("latest: 100 messages in one interval give exactly the newest n, and skipped 100-n") {
    batch b({batch_mode::latest, 3, 200ms});
    for (std::uint64_t i = 1; i <= 100; ++i) {
        b.add(numbered(i), start + std::chrono::milliseconds(i));
    }
    CHECK(b.due() == start + 201ms);
    CHECK_FALSE(b.is_due(start + 200ms));
    REQUIRE(b.is_due(start + 201ms));
    const auto taken = b.take();
    CHECK(sequences(taken) == std::vector<std::uint64_t>{98, 99, 100});
    CHECK(taken.skipped == 97);
    CHECK(b.is_empty());
    CHECK_FALSE(b.due());
}

TEST_CASE("latest: skipped counts from push to push") {
    batch b({batch_mode::latest, 2, 200ms});
    for (std::uint64_t i = 1; i <= 5; ++i) {
        b.add(numbered(i), start);
    }
    CHECK(b.take().skipped == 3);
    b.add(numbered(6), start + 1s);
    const auto second = b.take();
    CHECK(sequences(second) == std::vector<std::uint64_t>{6});
    CHECK(second.skipped == 0);
}

TEST_CASE("latest: exactly n messages are all pushed, at the interval and not before") {
    batch b({batch_mode::latest, 3, 200ms});
    for (std::uint64_t i = 1; i <= 3; ++i) {
        b.add(numbered(i), start);
    }
    CHECK_FALSE(b.is_due(start + 199ms));
    const auto taken = b.take();
    CHECK(taken.items.size() == 3);
    CHECK(taken.skipped == 0);
}

TEST_CASE("an idle room is never due, and its next message is pushed an interval later") {
    for (const auto mode : {batch_mode::latest, batch_mode::full}) {
        batch b({mode, 3, 200ms});
        CHECK_FALSE(b.due());
        CHECK_FALSE(b.is_due(start + 1h));  // the first intervals pass empty
        b.add(numbered(1), start + 1h);
        CHECK(b.due() == start + 1h + 200ms);
        CHECK(sequences(b.take()) == std::vector<std::uint64_t>{1});
        CHECK_FALSE(b.due());
        b.add(numbered(2), start + 2h);
        CHECK(b.due() == start + 2h + 200ms);
        CHECK(sequences(b.take()) == std::vector<std::uint64_t>{2});
    }
}

TEST_CASE("taking from an empty batch gives nothing") {
    batch b({batch_mode::latest, 3, 200ms});
    const auto taken = b.take();
    CHECK(taken.items.empty());
    CHECK(taken.skipped == 0);
}

TEST_CASE("full: due at once with n messages, else when the first one's interval ends") {
    batch b({batch_mode::full, 3, 200ms});
    b.add(numbered(1), start);
    b.add(numbered(2), start + 50ms);
    CHECK(b.due() == start + 200ms);
    CHECK_FALSE(b.is_due(start + 60ms));
    b.add(numbered(3), start + 60ms);
    REQUIRE(b.is_due(start + 60ms));
    const auto taken = b.take();
    CHECK(sequences(taken) == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(taken.skipped == 0);
}

TEST_CASE("full: what was left behind keeps its own time") {
    batch b({batch_mode::full, 2, 200ms});
    b.add(numbered(1), start);
    b.add(numbered(2), start + 10ms);
    b.add(numbered(3), start + 150ms);
    b.add(numbered(4), start + 160ms);
    b.add(numbered(5), start + 170ms);
    CHECK(sequences(b.take()) == std::vector<std::uint64_t>{1, 2});
    CHECK(b.is_due(start + 170ms));  // two more wait
    CHECK(sequences(b.take()) == std::vector<std::uint64_t>{3, 4});
    CHECK(b.due() == start + 370ms);
    CHECK(sequences(b.take()) == std::vector<std::uint64_t>{5});
}

TEST_CASE("full: whatever comes when, nothing is dropped, doubled or out of order") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    batch b({batch_mode::full, 5, 200ms});
    std::vector<std::uint64_t> pushed;
    auto now = start;
    std::uint64_t sent = 0;
    while (sent < 10'000) {
        now += std::chrono::milliseconds(random() % 60);
        for (auto burst = random() % 9; burst > 0; --burst) {
            b.add(numbered(++sent), now);
        }
        while (b.is_due(now)) {
            const auto taken = b.take();
            CHECK(taken.items.size() <= 5);
            CHECK(taken.skipped == 0);
            std::ranges::copy(sequences(taken), std::back_inserter(pushed));
        }
        CHECK((!b.due() || *b.due() <= now + 200ms));
    }
    while (!b.is_empty()) {
        std::ranges::copy(sequences(b.take()), std::back_inserter(pushed));
    }
    CHECK(pushed.size() == sent);
    CHECK(std::ranges::adjacent_find(pushed, std::ranges::greater_equal()) == pushed.end());
}

TEST_CASE("one message a push works in both modes") {
    batch latest({batch_mode::latest, 1, 200ms});
    batch full({batch_mode::full, 1, 200ms});
    for (std::uint64_t i = 1; i <= 2; ++i) {
        latest.add(numbered(i), start);
        full.add(numbered(i), start);
    }
    CHECK(sequences(latest.take()) == std::vector<std::uint64_t>{2});
    CHECK(sequences(full.take()) == std::vector<std::uint64_t>{1});
    CHECK(full.is_due(start));
    CHECK(sequences(full.take()) == std::vector<std::uint64_t>{2});
}

TEST_CASE("messages too long for one packet go in several, one after the other") {
    for (const auto mode : {batch_mode::latest, batch_mode::full}) {
        batch b({mode, 5, 200ms});
        for (std::uint64_t i = 1; i <= 5; ++i) {
            auto m = std::make_shared<message>();
            m->sequence = i;
            m->content.assign(gim::model::max_page_content_bytes / 2, 'x');
            b.add(std::move(m), start);
        }
        const auto now = start + 200ms;
        CHECK(sequences(b.take()) == std::vector<std::uint64_t>{1, 2});
        REQUIRE(b.is_due(now));
        CHECK(sequences(b.take()) == std::vector<std::uint64_t>{3, 4});
        REQUIRE(b.is_due(now));
        CHECK(sequences(b.take()) == std::vector<std::uint64_t>{5});
        CHECK(b.is_empty());
    }
}

TEST_CASE("a message longer than a packet's bound goes alone") {
    batch b({batch_mode::full, 5, 200ms});
    auto m = std::make_shared<message>();
    m->sequence = 1;
    m->content.assign(gim::model::max_page_content_bytes + 1, 'x');
    b.add(std::move(m), start);
    b.add(numbered(2), start);
    CHECK(sequences(b.take()) == std::vector<std::uint64_t>{1});
    CHECK(sequences(b.take()) == std::vector<std::uint64_t>{2});
}

TEST_CASE("a batch that is cleared holds nothing, and counts anew what it drops") {
    for (const auto mode : {batch_mode::latest, batch_mode::full}) {
        batch b({mode, 2, 200ms});
        for (std::uint64_t i = 1; i <= 3; ++i) {
            b.add(numbered(i), start);
        }
        b.clear();
        CHECK(b.is_empty());
        CHECK_FALSE(b.due());
        b.add(numbered(4), start + 1s);
        CHECK_FALSE(b.is_due(start + 1s));
        const auto taken = b.take();
        CHECK(sequences(taken) == std::vector<std::uint64_t>{4});
        CHECK(taken.skipped == 0);
    }
}

TEST_CASE("latest: what waits is promised for the end of the interval, however much it is") {
    batch b({batch_mode::latest, 2, 200ms});
    CHECK_FALSE(b.promised());
    for (std::uint64_t i = 1; i <= 5; ++i) {
        b.add(numbered(i), start + std::chrono::milliseconds(10 * i));
        CHECK(b.promised() == start + 210ms);
    }
    b.take();
    CHECK_FALSE(b.promised());
    b.add(numbered(6), start + 300ms);
    CHECK(b.promised() == start + 500ms);
}

TEST_CASE("full: what is due at once is promised for an interval after the oldest came") {
    batch b({batch_mode::full, 2, 200ms});
    b.add(numbered(1), start);
    b.add(numbered(2), start + 50ms);
    b.add(numbered(3), start + 60ms);
    CHECK(b.is_due(start + 60ms));
    CHECK(b.promised() == start + 200ms);
    b.take();
    CHECK(b.promised() == start + 260ms);
}
