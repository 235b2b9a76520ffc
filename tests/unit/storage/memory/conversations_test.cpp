#include "storage/memory/conversations.hpp"

#include "support/one_limit.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using gim::model::history_query;
using gim::model::session_id;
using gim::storage::bytes_of;
using gim::storage::bytes_of_conversation;
using gim::storage::conversations;
using gim::storage::message_draft;
using gim::storage::message_ids;

namespace {

// What each of the messages below takes.
constexpr std::size_t content_bytes = 1000;
std::size_t bytes_of_one() {
    gim::model::message m;
    m.sender = {"ann", "Ann"};
    m.category = "text";
    m.content.assign(content_bytes, 'x');
    return bytes_of(m);
}

struct kept_messages {
    kept_messages(std::size_t messages, std::size_t bytes)
        : limit(bytes),
          all(messages,
              limit.share(),
              message_ids(0, 1),
              [this](const session_id& session, std::int64_t last_ms) {
                  forgotten.emplace_back(session.text(), last_ms);
              }) {}

    std::uint64_t append(const std::string& room, std::int64_t now_ms = 1000) {
        message_draft draft{{"ann", "Ann"}, "text", std::string(content_bytes, 'x')};
        const auto appended = all.append(session_id::room(room), std::move(draft), now_ms);
        dropped += appended.dropped;
        return appended.message->sequence;
    }
    // Oldest first.
    std::vector<std::uint64_t> sequences(const std::string& room) {
        history_query query;
        query.after = 0;
        query.limit = 1000;
        std::vector<std::uint64_t> found;
        for (const auto& m : all.history(session_id::room(room), query).items) {
            found.push_back(m->sequence);
        }
        return found;
    }
    std::uint64_t top(const std::string& room) {
        return all.history(session_id::room(room), {}).top_sequence;
    }

    gim::test::one_limit limit;
    std::vector<std::pair<std::string, std::int64_t>> forgotten;
    conversations all;
    std::size_t dropped = 0;
};

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("what is kept is counted, and what is trimmed no more") {
    kept_messages kept(2, 0);
    CHECK(kept.all.bytes() == 0);
    kept.append("a");
    CHECK(kept.all.bytes() == bytes_of_conversation + bytes_of_one());
    kept.append("a");
    kept.append("a");
    CHECK(kept.all.bytes() == bytes_of_conversation + 2 * bytes_of_one());
    kept.append("b");
    CHECK(kept.all.bytes() == 2 * bytes_of_conversation + 3 * bytes_of_one());
    kept.all.forget(session_id::room("a"));
    kept.all.forget(session_id::room("b"));
    kept.all.forget(session_id::room("nowhere"));
    CHECK(kept.all.bytes() == 0);
    CHECK(kept.dropped == 0);
}

TEST_CASE("beyond the bytes the session that was silent the longest loses its oldest first") {
    kept_messages kept(1000, 3 * bytes_of_conversation + 5 * bytes_of_one());
    kept.append("a");
    kept.append("a");
    kept.append("b");
    kept.append("c");
    kept.append("a");  // b is the silent one now
    CHECK(kept.dropped == 0);

    kept.append("a");
    CHECK(kept.sequences("b").empty());
    CHECK(kept.sequences("a") == numbers{1, 2, 3, 4});
    CHECK(kept.sequences("c") == numbers{1});
    CHECK(kept.dropped == 1);

    // The space of b's conversation is good for one more.
    kept.append("a");
    kept.append("a");
    CHECK(kept.sequences("a") == numbers{1, 2, 3, 4, 5, 6});
    kept.append("a");
    CHECK(kept.sequences("c").empty());
}

TEST_CASE("a session that is alone loses its own oldest messages, but never the newest") {
    kept_messages kept(1000, bytes_of_conversation + 2 * bytes_of_one());
    kept.append("a");
    kept.append("a");
    kept.append("a");
    CHECK(kept.sequences("a") == numbers{2, 3});

    kept_messages tiny(1000, 1);
    CHECK(tiny.append("a") == 1);
    CHECK(tiny.append("a") == 2);
    CHECK(tiny.sequences("a") == numbers{2});
    CHECK(tiny.append("b") == 1);  // a was there still
    CHECK(tiny.sequences("b") == numbers{1});
    CHECK(tiny.sequences("a").empty());
    CHECK(tiny.append("a") == 3);
    CHECK(tiny.append("c") == 3);
}

TEST_CASE("nobody's sequences or times run backwards because a session was forgotten") {
    kept_messages kept(1000, 0);
    for (int i = 0; i < 5; ++i) {
        kept.append("a", 9000);
    }
    kept.append("b");
    kept.all.forget(session_id::room("a"));
    CHECK(kept.top("a") == 5);
    CHECK(kept.append("a") == 6);
    const auto m = kept.all.last(session_id::room("a"));
    CHECK(m->created_at == 9000);
    CHECK(kept.top("new") == 5);
    CHECK(kept.append("new") == 6);
    CHECK(kept.append("b") == 2);  // it was not forgotten
}

TEST_CASE("whatever is appended and forgotten, the bytes hold, and so do the sequences") {
    constexpr std::size_t rooms = 8;
    const auto most = 4 * bytes_of_conversation + 20 * bytes_of_one();
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        kept_messages kept(10, most);
        std::map<std::string, std::uint64_t> last;
        for (int i = 0; i < 500; ++i) {
            const auto room = std::to_string(random() % rooms);
            if (random() % 20 == 0) {
                kept.all.forget(session_id::room(room));
                continue;
            }
            const auto sequence = kept.append(room);
            CHECK(sequence > last[room]);
            last[room] = sequence;
            CHECK(kept.all.bytes() <= most);
            std::size_t bytes = 0;
            std::size_t messages = 0;
            std::size_t sessions = 0;
            for (std::size_t r = 0; r < rooms; ++r) {
                const auto n = kept.sequences(std::to_string(r)).size();
                messages += n;
                sessions += n > 0 ? 1 : 0;
                bytes += n * bytes_of_one() + (n > 0 ? bytes_of_conversation : 0);
            }
            CHECK(bytes == kept.all.bytes());
            CHECK(messages == kept.all.messages());
            CHECK(sessions == kept.all.size());
        }
        CHECK(kept.dropped > 0);
    }
}

TEST_CASE("with fewer bytes, what is too much goes with the next messages, not all at once") {
    kept_messages kept(10'000, 0);
    for (int i = 0; i < 3000; ++i) {
        kept.append("a");
    }
    kept.limit.all.set(10 * bytes_of_one() + bytes_of_conversation);
    CHECK(kept.all.messages() == 3000);
    kept.append("a");
    CHECK(kept.dropped == 1000);
    kept.append("a");
    kept.append("a");
    CHECK(kept.all.messages() == 10);
    CHECK(kept.top("a") == 3003);
    kept.limit.all.set(0);
    kept.all.set_limit(2);
    kept.append("a");
    CHECK(kept.sequences("a") == numbers{3003, 3004});
}
