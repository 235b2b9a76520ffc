#include "observe/inspect/questions.hpp"

#include "model/request_rules.hpp"

#include <cstdint>
#include <utility>

namespace gim::inspect {

namespace {

model::result<std::size_t> rows(const std::optional<std::int64_t>& limit) {
    if (limit && (*limit < 1 || std::cmp_greater(*limit, most_rows))) {
        return model::bad_request("limit: must be 1 to 1000");
    }
    static_assert(most_rows == 1000, "the message says so");
    return limit ? static_cast<std::size_t>(*limit) : default_rows;
}

template <class Orders>
model::result<const typename Orders::value_type*>
find_order(const Orders& orders, const std::optional<std::string>& name) {
    if (!name) {
        return &orders.front();
    }
    std::string all;
    for (const auto& o : orders) {
        if (o.name == *name) {
            return &o;
        }
        all.append(all.empty() ? "" : ", ").append(o.name);
    }
    return model::bad_request("sort: must be one of " + all);
}

}  // namespace

model::result<connections_question> connections_from_query(model::query_parameters parameters) {
    model::query_source query(parameters);
    const auto sort = query.text("sort");
    auto user = query.text("user");
    const auto wanted = query.integer("limit");
    if (query.failure()) {
        return *query.failure();
    }
    if (user) {
        if (auto problem = model::check_id("user", *user)) {
            return *std::move(problem);
        }
    }
    const auto by = find_order(connection_orders, sort);
    if (!by) {
        return by.error();
    }
    const auto limit = rows(wanted);
    if (!limit) {
        return limit.error();
    }
    return connections_question{*by, std::move(user), *limit};
}

model::result<rooms_question> rooms_from_query(model::query_parameters parameters) {
    model::query_source query(parameters);
    const auto sort = query.text("sort");
    const auto wanted = query.integer("limit");
    if (query.failure()) {
        return *query.failure();
    }
    const auto by = find_order(room_orders, sort);
    if (!by) {
        return by.error();
    }
    const auto limit = rows(wanted);
    if (!limit) {
        return limit.error();
    }
    return rooms_question{*by, *limit};
}

}  // namespace gim::inspect
