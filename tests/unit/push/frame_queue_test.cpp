#include "push/frame_queue.hpp"

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <malloc.h>
#include <random>
#include <string>

using gim::push::frame_queue;
using gim::test::raw_frame;

namespace {

std::string text_of(const frame_queue& q) {
    std::string text;
    for (std::uint32_t i = 0; i < q.size(); ++i) {
        text += std::string(q[i].bytes()) + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("frames come out in the order in which they went in, whatever the ring did between") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    frame_queue q;
    std::deque<std::string> model;
    for (int step = 0; step < 20'000; ++step) {
        // Mostly short, now and then long enough to grow and to be given back.
        const bool grows = (step / 500) % 2 == 0;
        const auto dice = random() % 100;
        if (dice < (grows ? 60U : 40U)) {
            REQUIRE(q.push_back(raw_frame(std::to_string(step))));
            model.push_back(std::to_string(step));
        } else if (dice < 98) {
            if (!model.empty()) {
                q.pop_front();
                model.pop_front();
            }
        } else {
            const auto kept = static_cast<std::uint32_t>(random() % (model.size() + 1));
            q.truncate(kept);
            model.resize(kept);
        }
        REQUIRE(q.size() == model.size());
        REQUIRE(q.is_empty() == model.empty());
        if (!model.empty()) {
            REQUIRE(q[0].bytes() == model.front());
            REQUIRE(q[q.size() - 1].bytes() == model.back());
        }
    }
}

TEST_CASE("a queue lets go of its frames when they are popped, cut off, or when it ends") {
    const auto f = raw_frame("x");
    {
        frame_queue q;
        for (int i = 0; i < 5; ++i) {
            REQUIRE(q.push_back(f));
        }
        CHECK(f->use_count() == 6);
        q.pop_front();
        CHECK(f->use_count() == 5);
        q.truncate(1);
        CHECK(f->use_count() == 2);
        CHECK(text_of(q) == "x ");
    }
    CHECK(f->use_count() == 1);
}

TEST_CASE("an empty queue holds no more than a small ring, however long it was") {
    const auto f = raw_frame("x");
    frame_queue q;
    const auto before = mallinfo2().uordblks;
    for (int i = 0; i < 100'000; ++i) {
        REQUIRE(q.push_back(f));
    }
    while (!q.is_empty()) {
        q.pop_front();
    }
    CHECK(mallinfo2().uordblks < before + 1024);
    REQUIRE(q.push_back(f));
    CHECK(text_of(q) == "x ");
}
