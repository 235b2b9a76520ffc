#include "fuzz/fuzz_target.hpp"
#include "model/ids.hpp"
#include "redis/reply_reader.hpp"
#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_told.hpp"

#include <cstddef>
#include <string>
#include <string_view>

// What comes from Redis: the bytes as replies, and as a line that a node kept or published there.

namespace gim::fuzz {

namespace {

void walk(redis::reply_view r, int depth, std::string& out) {
    require(depth < 20, "no reply is so deep");
    require(r[r.size()].is_nil(), "nothing is beyond the end");
    require(!r.is_nil() || (r.text().empty() && r.size() == 0), "nil is nothing");
    require(r.size() == 0 || r.text().empty(), "an array is no text");
    out += r.is_nil() ? "nil" : r.is_error() ? "!" : "";
    out.append(r.text()).append("=").append(std::to_string(r.integer())).append("[");
    for (std::size_t i = 0; i < r.size(); ++i) {
        walk(r[i], depth + 1, out);
    }
    out += "]";
}

// All that is understood, and whether that is all there is.
struct understood {
    std::string replies;
    bool is_error = false;
    friend bool operator==(const understood&, const understood&) = default;
};

class reading {
public:
    void take(std::string_view piece) {
        reader_.feed(piece);
        while (const auto reply = reader_.next()) {
            require(reader_.why().empty(), "an error has no reply");
            walk(redis::reply_view(reply.get()), 0, out_.replies);
            out_.replies += '\n';
        }
        require(!out_.is_error || !reader_.why().empty(), "what is broken stays broken");
        out_.is_error = !reader_.why().empty();
    }
    const understood& result() const { return out_; }

private:
    redis::reply_reader reader_;
    understood out_;
};

void check_cuts(std::string_view bytes) {
    reading whole;
    whole.take(bytes);
    for (const std::size_t seed : {bytes.size(), std::size_t{77}}) {
        reading cut;
        in_pieces(bytes, seed, [&](std::string_view piece) { cut.take(piece); });
        require(cut.result() == whole.result(), "how replies are cut changes nothing");
    }
}

void check_record(std::string_view line) {
    const auto m = storage::from_redis_record(line);
    if (m == nullptr) {
        return;
    }
    require(model::is_valid_id(m->sender.id), "a sender is a user");
    const auto kept = std::to_string(m->sequence) + " " + std::to_string(m->created_at) + " " +
                      storage::to_redis_record(*m);
    const auto again = storage::from_redis_record(kept);
    require(again != nullptr, "what is kept is read");
    require(
        again->id == m->id && again->sender == m->sender && again->category == m->category &&
            again->content == m->content && again->sequence == m->sequence &&
            again->created_at == m->created_at && again->status == m->status,
        "and says the same"
    );
}

void check_told(std::string_view line) {
    int kinds = line == storage::told_dismissed ? 1 : 0;
    if (const auto m = storage::parse_told_message(line)) {
        ++kinds;
        require(m->title.size() + m->record.size() < line.size(), "its parts are of the line");
        check_record(m->record);
        if (const auto session = model::session_id::parse(m->session)) {
            require(!session->text().empty(), "a session has a name");
        }
    }
    if (const auto touch = storage::parse_told_touch(line)) {
        ++kinds;
        require(!touch->session.empty(), "a touch is of a session");
    }
    if (const auto room = storage::parse_told_membership(line)) {
        ++kinds;
        require(model::is_valid_id(*room), "a room is one");
        require(storage::told_membership(*room) == line, "what is understood is told the same");
    }
    require(kinds <= 1, "a line is one thing");
}

}  // namespace

void redis_reply(std::string_view bytes) {
    check_cuts(bytes);
    check_record(bytes);
    check_told(bytes);
}

}  // namespace gim::fuzz
