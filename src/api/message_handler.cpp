#include "api/message_handler.hpp"

#include "dialects/gim/codec.hpp"

#include <string>
#include <utility>

namespace gim::api {

using model::status;
using node::caller;

future_reply message_handler::send(const question& q) {
    const auto asked = native::decode_posted_message(q.body);
    if (!asked) {
        co_return asked.error();
    }
    auto who = co_await sender_of(q.who, asked->sender);
    if (!who) {
        co_return who.error();
    }
    who->note = note_of(*who, q);
    auto sent = co_await services_.sends.send(*who, asked->message);
    tell_answer(who->note, sent);
    co_return model::to_reply(std::move(sent));
}

future_reply message_handler::send_many(const question& q) {
    const auto asked = native::decode_posted_batch(q.body);
    if (!asked) {
        co_return asked.error();
    }
    auto who = co_await sender_of(q.who, asked->sender);
    if (!who) {
        co_return who.error();
    }
    who->note = note_of(*who, q);
    model::batch_reply all;
    all.items.reserve(asked->targets.size());
    auto message = asked->message;
    for (const auto& target : asked->targets) {
        message.type = target.type;
        message.target_id = target.target_id;
        auto sent = co_await services_.sends.send(*who, message);
        tell_answer(who->note, sent);
        all.items.push_back(std::move(sent));
    }
    co_return model::reply(std::move(all));
}

trace::note_ptr message_handler::note_of(const caller& sender, const question& q) {
    auto& tracer = *all_.here().tracer;
    if (!tracer.is_on()) {
        return nullptr;
    }
    return tracer.received({sender.user.id, 0, q.trace, 0, q.body.size(), trace::clock::now()});
}

void message_handler::tell_answer(
    const trace::note_ptr& note,
    const model::result<model::send_reply>& sent
) {
    if (note) {
        all_.here().tracer->answered(*note, sent ? std::nullopt : std::optional(sent.error()));
    }
}

boost::asio::awaitable<model::result<caller>>
message_handler::sender_of(const caller& who, const std::optional<model::named_sender>& named) {
    if (!named) {
        co_return who;
    }
    if (who.stands == node::standing::user) {
        co_return model::forbidden("sender: only a back end may say who sends");
    }
    caller sender = who;
    sender.user = {named->id, named->name.value_or(named->id)};
    if (!named->name) {
        const auto known = co_await services_.users.find(named->id);
        if (known) {
            sender.user.name = known->name;
        } else if (known.error().code != status::not_found) {
            co_return known.error();
        }
    }
    co_return sender;
}

}  // namespace gim::api
