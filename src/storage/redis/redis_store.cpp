#include "storage/redis/redis_store.hpp"

#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_told.hpp"
#include "storage/redis/redis_values.hpp"
#include "storage/redis/redis_words.hpp"

#include <memory>
#include <span>
#include <utility>

namespace gim::storage {

namespace {

// What is to be kept for request_time, with that in front, and without sequence and time.
std::string remembered_as(const request_mark& request, std::string_view message_id) {
    std::string out;
    redis::append_number(out, std::chrono::milliseconds(request_time).count());
    out += ' ';
    redis::append_number(out, request.content_hash);
    return out.append(" ").append(message_id);
}

model::result<receipt> answer_for(kept_answer kept, const request_mark& request) {
    if (kept.content_hash != request.content_hash) {
        return request_conflict();
    }
    return std::move(kept.answer);
}

std::string text_of(const auto& number) {
    return number ? std::to_string(*number) : std::string();
}

}  // namespace

redis_store::redis_store(worker::worker& home, redis_store_options options)
    : options_(std::move(options)),
      access_(
          home,
          options_.place,
          {[this](bool is_up) {
               if (is_up) {
                   feed_.commands_are_up();
                   presence_.commands_are_up();
               }
           },
           [this] { feed_.keys_moved(); },
           [this] { feed_.begin_anew(); },
           [this](redis::early c) { return ids_.claim(c); }}
      ),
      ids_(home, access_, options_.node + ":" + std::to_string(home.index())),
      feed_(home, *this, access_, options_.node),
      presence_(home, access_, options_.node) {}

void redis_store::start() {
    access_.start();
    feed_.start();
    ids_.start();
    presence_.start();
}

// --- messages

worker::async_result<appended>
redis_store::append(const model::session_id& session, message_draft draft, std::int64_t now_ms) {
    auto message_id = ids_.next(now_ms);
    if (!message_id) {
        co_return access_.refuse();
    }
    auto message = std::make_shared<model::message>();
    message->id = *std::move(message_id);
    message->sender = std::move(draft.sender);
    message->category = std::move(draft.category);
    message->content = std::move(draft.content);

    const auto& id = session.text();
    const auto head = keys().head(id);
    std::vector<std::string> others;
    others.reserve(3);
    others.push_back(keys().messages(id));
    std::vector<std::string> told;
    const bool is_room = session.type() == model::session_type::room;
    if (is_room) {
        others.push_back(keys().members(id));
        told.push_back(keys().channel(id));
    } else if (draft.delivery) {
        tell_parties(keys(), options_.node, session, message->sender, *draft.delivery, told);
    }
    std::string request;
    if (draft.request) {
        others.push_back(keys().request(id, message->sender.id, draft.request->id));
        request = remembered_as(*draft.request, message->id);
    }
    std::string_view must_be_member;
    if (draft.must_be_member) {
        must_be_member = message->sender.id;
    }
    const auto record = to_redis_record(*message);
    redis::call stored(
        at(head),
        "EVALSHA",
        access_.name_of(redis_script::append),
        1 + others.size(),
        head,
        std::span<const std::string>(others),
        record,
        now_ms,
        options_.most.history,
        ttl_ms(),
        request,
        must_be_member,
        is_room ? access_.publish_command(head) : "PUBLISH",
        std::span<const std::string>(told)
    );
    co_await stored.done();
    if (auto bad = access_.refusal(stored)) {
        co_return *std::move(bad);
    }
    const auto reply = stored.reply();
    if (reply.is_nil()) {
        co_return not_a_member();
    }
    if (draft.request && reply.size() == 1) {
        auto kept = read_answer(reply[0].text());
        if (!kept) {
            access_.left_out(1, others.back());
            co_return redis_access::unavailable();
        }
        auto before = answer_for(*std::move(kept), *draft.request);
        if (!before) {
            co_return before.error();
        }
        co_return appended{nullptr, std::move(*before)};
    }
    auto place = reply.text();
    if (!take_number(place, message->sequence) || !take_last_number(place, message->created_at)) {
        access_.left_out(1, head);
        co_return redis_access::unavailable();  // it is not our script's
    }
    access_.keep_in_mind(head, message->sequence);
    receipt answer{message->id, message->sequence, message->created_at};
    co_return appended{std::move(message), std::move(answer)};
}

worker::async_result<std::optional<receipt>> redis_store::find_request(
    const model::session_id& session,
    std::string_view sender,
    const request_mark& request
) {
    const auto key = keys().request(session.text(), sender, request.id);
    redis::call asked(at(key), "GET", key);
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    if (asked.reply().is_nil()) {
        co_return std::nullopt;
    }
    auto kept = read_answer(asked.reply().text());
    if (!kept) {
        access_.left_out(1, key);
        co_return std::nullopt;
    }
    auto before = answer_for(*std::move(kept), request);
    if (!before) {
        co_return before.error();
    }
    co_return std::move(*before);
}

worker::async_result<model::history_reply>
redis_store::history(const model::session_id& session, const model::history_query& query) {
    const auto head = keys().head(session.text());
    const auto messages = keys().messages(session.text());
    const auto before = text_of(query.before);
    const auto after = text_of(query.after);
    const auto from = text_of(query.from);
    const auto to = text_of(query.to);
    model::history_reply page;
    std::size_t wrong = 0;
    auto limit = query.limit;
    // What others wrote is left out, so the page may go on behind that.
    for (std::vector<std::string> last;;) {
        redis::call asked(
            at(head),
            "EVALSHA",
            access_.name_of(redis_script::history),
            "2",
            head,
            messages,
            before,
            after,
            from,
            to,
            limit,
            model::max_page_content_bytes,
            redis_record_overhead,
            options_.most.history,
            std::span<const std::string>(last)
        );
        co_await asked.done();
        if (auto bad = access_.refusal(asked)) {
            co_return *std::move(bad);
        }
        const auto goes_on = read_history(asked.reply(), query, page, wrong);
        if (!goes_on) {
            break;
        }
        last.assign(1, std::string(*goes_on));
        limit = model::max_page;
    }
    access_.left_out(wrong, messages);
    const auto own = std::exchange(page.epoch, access_.epoch());
    if (!own.empty()) {
        page.epoch.append("-").append(own);
    }
    co_return page;
}

worker::async_result<model::message_ptr> redis_store::last_message(const model::session_id& session
) {
    const auto messages = keys().messages(session.text());
    redis::call asked(at(messages), "ZREVRANGE", messages, "0", "0");
    co_await asked.done();
    if (auto bad = access_.refusal(asked)) {
        co_return *std::move(bad);
    }
    const auto newest = asked.reply()[0];
    auto m = from_redis_record(newest.text());
    access_.left_out(m == nullptr && !newest.is_nil() ? 1 : 0, messages);
    co_return m;
}

}  // namespace gim::storage
