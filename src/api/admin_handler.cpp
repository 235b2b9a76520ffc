#include "api/admin_handler.hpp"

#include "model/request_rules.hpp"
#include "observe/stats/event.hpp"

#include <optional>
#include <string>
#include <utility>

namespace gim::api {

using model::check_id;

namespace {

// Of a room and one of its members.
std::optional<model::error> check_ids(const question& q) {
    auto problem = check_id("id", q.id);
    return problem ? std::move(problem) : check_id("user", q.user);
}

// A user whose door is this one: a membership is a user's own, whoever writes it down.
node::caller member(const question& q) {
    return {{std::string(q.user), std::string(q.user)}, std::nullopt};
}

}  // namespace

future_reply admin_handler::create_room(const question& q) {
    if (auto problem = check_id("id", q.id)) {
        co_return *std::move(problem);
    }
    auto room = co_await services_.rooms.create(q.id);
    co_return model::to_reply(std::move(room));
}

future_reply admin_handler::dismiss_room(const question& q) {
    if (auto problem = check_id("id", q.id)) {
        co_return *std::move(problem);
    }
    auto dismissed = co_await services_.rooms.dismiss(q.id);
    co_return model::to_reply(std::move(dismissed));
}

future_reply admin_handler::add_member(const question& q) {
    if (auto problem = check_ids(q)) {
        co_return *std::move(problem);
    }
    const auto who = member(q);
    const model::join_request request{std::string(q.id)};
    auto joined = co_await services_.rooms.join(who, request);
    co_return model::to_reply(std::move(joined));
}

future_reply admin_handler::remove_member(const question& q) {
    if (auto problem = check_ids(q)) {
        co_return *std::move(problem);
    }
    const auto who = member(q);
    const model::leave_request request{std::string(q.id)};
    auto left = co_await services_.rooms.leave(who, request);
    if (!left && left.error().code == model::status::conflict) {
        co_return model::not_found("user: not a member of this room");
    }
    co_return model::to_reply(std::move(left));
}

future_reply admin_handler::disconnect(const question& q) {
    if (auto problem = check_id("id", q.id)) {
        co_return *std::move(problem);
    }
    auto closed = co_await services_.users.disconnect(q.id);
    co_return model::to_reply(std::move(closed));
}

future_reply admin_handler::counters() {
    model::counters_reply all;
    for (const auto& e : stats::events) {
        all.counters.emplace_back(e.name, all_.count(e.what));
    }
    co_return model::reply(std::move(all));
}

}  // namespace gim::api
