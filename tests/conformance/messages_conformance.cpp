#include "conformance/store_conformance.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace gim::test;
using gim::model::history_query;
using gim::model::history_reply;
using gim::model::session_id;

namespace {

using sequence_list = std::vector<std::uint64_t>;

const session_id lobby = session_id::room("lobby");
const session_id other = session_id::between("ann", "bob");

// A query of the named fields only.
struct asked {
    std::optional<std::uint64_t> before = {};
    std::optional<std::uint64_t> after = {};
    std::optional<std::int64_t> from = {};
    std::optional<std::int64_t> to = {};
    std::size_t limit = gim::model::default_page;

    operator history_query() const { return {before, after, from, to, limit}; }
};

sequence_list sequences_of(const history_reply& page) {
    sequence_list result;
    for (const auto& item : page.items) {
        result.push_back(item->sequence);
    }
    return result;
}

}  // namespace

TEST_CASE("an appended message is returned as it is stored") {
    for_each_store([](tested_store& store) {
        const auto message = store.append(lobby, "hello", 1234);
        CHECK(message->sender == gim::model::user{"ann", "Ann"});
        CHECK(message->category == "text");
        CHECK(message->content == "hello");
        CHECK(message->sequence == 1);
        CHECK(message->created_at == 1234);
        CHECK(message->status == 0);
        const auto stored = store.history(lobby).items.at(0);
        CHECK(stored->id == message->id);
        CHECK(stored->sender == message->sender);
        CHECK(stored->category == message->category);
        CHECK(stored->content == message->content);
        CHECK(stored->sequence == message->sequence);
        CHECK(stored->created_at == message->created_at);
    });
}

TEST_CASE("sequences count up by one, in each session on its own") {
    for_each_store([](tested_store& store) {
        for (std::uint64_t i = 1; i <= 5; ++i) {
            CHECK(store.append(lobby, "x")->sequence == i);
        }
        CHECK(store.append(other, "x")->sequence == 1);
        CHECK(store.append(lobby, "x")->sequence == 6);
    });
}

TEST_CASE("ids are short, and rise within a session") {
    for_each_store([](tested_store& store) {
        std::string before;
        for (int i = 0; i < 50; ++i) {
            const auto message = store.append(lobby, "x", 1000 + i / 10);
            CHECK(message->id.size() <= 16);
            CHECK(before < message->id);
            before = message->id;
        }
    });
}

TEST_CASE("time does not run backwards in a session when the clock does") {
    for_each_store([](tested_store& store) {
        CHECK(store.append(lobby, "a", 5000)->created_at == 5000);
        CHECK(store.append(lobby, "b", 2000)->created_at == 5000);
        CHECK(store.append(other, "c", 2000)->created_at == 2000);
        CHECK(store.append(lobby, "d", 5001)->created_at == 5001);
    });
}

TEST_CASE("time does not run backwards even when all messages were trimmed in between") {
    for_each_store(1, [](tested_store& store) {
        store.append(lobby, "a", 5000);
        store.append(lobby, "b", 4000);
        CHECK(store.append(lobby, "c", 3000)->created_at == 5000);
    });
}

TEST_CASE("history reads the newest first") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        const auto page = store.history(lobby, asked{.limit = 3});
        CHECK(sequences_of(page) == sequence_list{5, 4, 3});
        CHECK(page.items.at(0)->content == "5");
        CHECK(page.has_more);
        CHECK(page.top_sequence == 5);
    });
}

TEST_CASE("has_more is false when the page ends exactly with the last match") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        CHECK_FALSE(store.history(lobby, asked{.limit = 5}).has_more);
        CHECK(store.history(lobby, asked{.limit = 4}).has_more);
        CHECK_FALSE(store.history(lobby, asked{.after = 2, .limit = 3}).has_more);
        CHECK(store.history(lobby, asked{.after = 2, .limit = 2}).has_more);
        CHECK_FALSE(store.history(lobby, asked{.from = 1030, .limit = 2}).has_more);
        CHECK(store.history(lobby, asked{.from = 1030, .limit = 1}).has_more);
    });
}

TEST_CASE("a page ends before its contents exceed what one frame should hold") {
    for_each_store([](tested_store& store) {
        const std::string third(gim::model::max_page_content_bytes / 3, 'x');
        for (int i = 0; i < 5; ++i) {
            store.append(lobby, third, 1000);
        }
        const auto newest = store.history(lobby);
        CHECK(sequences_of(newest) == sequence_list{5, 4, 3});
        CHECK(newest.has_more);
        const auto rest = store.history(lobby, asked{.before = 3});
        CHECK(sequences_of(rest) == sequence_list{2, 1});
        CHECK_FALSE(rest.has_more);
        const auto oldest = store.history(lobby, asked{.after = 0});
        CHECK(sequences_of(oldest) == sequence_list{1, 2, 3});
        CHECK(oldest.has_more);
    });
}

TEST_CASE("the longest messages come page by page, each once") {
    for_each_store([](tested_store& store) {
        for (int i = 0; i < 7; ++i) {
            store.append(lobby, std::string(gim::model::max_content_bytes, 'x'), 1000 + i);
        }
        sequence_list seen;
        std::uint64_t before = 8;
        for (bool has_more = true; has_more;) {
            const auto page = store.history(lobby, asked{.before = before});
            REQUIRE_FALSE(page.items.empty());
            for (const auto sequence : sequences_of(page)) {
                seen.push_back(sequence);
            }
            before = seen.back();
            has_more = page.has_more;
        }
        CHECK(seen == sequence_list{7, 6, 5, 4, 3, 2, 1});
    });
}

TEST_CASE("before excludes its sequence and pages towards the past") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        const auto page = store.history(lobby, asked{.before = 4, .limit = 2});
        CHECK(sequences_of(page) == sequence_list{3, 2});
        CHECK(page.has_more);
        const auto rest = store.history(lobby, asked{.before = 2, .limit = 2});
        CHECK(sequences_of(rest) == sequence_list{1});
        CHECK_FALSE(rest.has_more);
        CHECK(sequences_of(store.history(lobby, asked{.before = 1})).empty());
        CHECK(sequences_of(store.history(lobby, asked{.before = 0})).empty());
    });
}

TEST_CASE("after excludes its sequence and reads the oldest first") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        const auto page = store.history(lobby, asked{.after = 1, .limit = 2});
        CHECK(sequences_of(page) == sequence_list{2, 3});
        CHECK(page.has_more);
        CHECK(
            sequences_of(store.history(lobby, asked{.after = 0})) == sequence_list{1, 2, 3, 4, 5}
        );
        CHECK(store.history(lobby, asked{.after = 5}).items.empty());
    });
}

TEST_CASE("before and after together bound a page that reads the oldest first") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        const auto page = store.history(lobby, asked{.before = 5, .after = 1, .limit = 2});
        CHECK(sequences_of(page) == sequence_list{2, 3});
        CHECK(page.has_more);
        CHECK(store.history(lobby, asked{.before = 3, .after = 2}).items.empty());
        CHECK(store.history(lobby, asked{.before = 2, .after = 4}).items.empty());
    });
}

TEST_CASE("from and to include their milliseconds") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        CHECK(
            sequences_of(store.history(lobby, asked{.from = 1010, .to = 1030})) ==
            sequence_list{4, 3, 2}
        );
        CHECK(
            sequences_of(store.history(lobby, asked{.from = 1011, .to = 1029})) == sequence_list{3}
        );
        CHECK(sequences_of(store.history(lobby, asked{.from = 1040})) == sequence_list{5});
        CHECK(sequences_of(store.history(lobby, asked{.to = 1000})) == sequence_list{1});
        CHECK(store.history(lobby, asked{.from = 1041}).items.empty());
        CHECK(store.history(lobby, asked{.to = 999}).items.empty());
        CHECK(store.history(lobby, asked{.from = 1030, .to = 1010}).items.empty());
    });
}

TEST_CASE("messages of one millisecond match together") {
    for_each_store([](tested_store& store) {
        for (const int ms : {1000, 1001, 1001, 1001, 1002}) {
            store.append(lobby, "x", ms);
        }
        CHECK(
            sequences_of(store.history(lobby, asked{.from = 1001, .to = 1001})) ==
            sequence_list{4, 3, 2}
        );
    });
}

TEST_CASE("times and sequences bound a page together") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 5);
        CHECK(
            sequences_of(store.history(lobby, asked{.before = 5, .from = 1010})) ==
            sequence_list{4, 3, 2}
        );
        CHECK(
            sequences_of(store.history(lobby, asked{.after = 1, .to = 1020})) == sequence_list{2, 3}
        );
    });
}

TEST_CASE("the largest bounds are bounds like others") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 3);
        constexpr auto most = std::numeric_limits<std::uint64_t>::max();
        constexpr auto latest = std::numeric_limits<std::int64_t>::max();
        constexpr auto earliest = std::numeric_limits<std::int64_t>::min();
        CHECK(sequences_of(store.history(lobby, asked{.before = most})) == sequence_list{3, 2, 1});
        CHECK(store.history(lobby, asked{.after = most}).items.empty());
        CHECK(
            sequences_of(store.history(lobby, asked{.from = earliest, .to = latest})) ==
            sequence_list{3, 2, 1}
        );
        CHECK(store.history(lobby, asked{.from = latest}).items.empty());
        CHECK(store.history(lobby, asked{.to = earliest}).items.empty());
    });
}

TEST_CASE("only the newest messages are kept, and the top sequence counts on") {
    for_each_store(3, [](tested_store& store) {
        store.append_many(lobby, 10);
        const auto page = store.history(lobby);
        CHECK(sequences_of(page) == sequence_list{10, 9, 8});
        CHECK_FALSE(page.has_more);
        CHECK(page.top_sequence == 10);
        CHECK(sequences_of(store.history(lobby, asked{.after = 2})) == sequence_list{8, 9, 10});
        CHECK(store.history(lobby, asked{.before = 8}).items.empty());
        CHECK(store.append(lobby, "x", 2000)->sequence == 11);
    });
}

TEST_CASE("whatever is asked for, older messages than those that are kept are none") {
    for_each_store(20, [](tested_store& store) {
        for (int count = 1; count <= 47; ++count) {
            store.append(lobby, std::to_string(count), 990 + 10 * count);
            CAPTURE(count);
            const auto oldest = static_cast<std::uint64_t>(count > 20 ? count - 19 : 1);
            CHECK(store.history(lobby).items.back()->sequence == oldest);
            CHECK(store.history(lobby, asked{.after = 0}).items.front()->sequence == oldest);
        }
        const auto page = store.history(lobby, asked{.after = 0, .limit = 20});
        CHECK(page.items.back()->sequence == 47);
        CHECK_FALSE(page.has_more);
        CHECK(store.history(lobby, asked{.after = 0, .limit = 19}).has_more);
        CHECK(sequences_of(store.history(lobby, asked{.before = 29})) == sequence_list{28});
        CHECK(store.history(lobby, asked{.before = 28}).items.empty());
        CHECK(sequences_of(store.history(lobby, asked{.to = 1270})) == sequence_list{28});
        CHECK(store.history(lobby, asked{.to = 1260}).items.empty());
        CHECK(store.history(lobby, asked{.from = 1000, .to = 1260}).items.empty());
        CHECK_FALSE(store.history(lobby, asked{.from = 1000, .limit = 20}).has_more);
    });
}

TEST_CASE("every page of a session with messages tells its epoch and the top sequence") {
    for_each_store([](tested_store& store) {
        CHECK_FALSE(store.history(lobby).epoch.empty());
        store.append_many(lobby, 3);
        const auto all = store.history(lobby);
        store.append(lobby, "4");
        const auto nothing = store.history(lobby, asked{.before = 1});
        CHECK(nothing.items.empty());
        CHECK(nothing.epoch == all.epoch);
        CHECK(nothing.top_sequence == 4);
    });
}

TEST_CASE("two stores have two epochs") {
    for (const store_kind& kind : store_kinds()) {
        CAPTURE(kind.name);
        tested_store one(kind, usual_history);
        tested_store two(kind, usual_history);
        CHECK(one.history(lobby).epoch != two.history(lobby).epoch);
    }
}

TEST_CASE("a session without messages has an empty page and no last message") {
    for_each_store([](tested_store& store) {
        store.append(other, "elsewhere");
        const auto page = store.history(lobby);
        CHECK(page.items.empty());
        CHECK_FALSE(page.has_more);
        CHECK(page.top_sequence == 0);
        CHECK(store.last_message(lobby) == nullptr);
    });
}

TEST_CASE("the last message is the newest of its session") {
    for_each_store([](tested_store& store) {
        store.append_many(lobby, 3);
        store.append(other, "elsewhere");
        CHECK(store.last_message(lobby)->content == "3");
        CHECK(store.last_message(other)->content == "elsewhere");
    });
}
