#include "api/query_reader.hpp"

#include "model/query_source.hpp"

namespace gim::api {

model::result<model::history_request>
history_from_query(std::string_view session_id, model::query_parameters parameters) {
    model::query_source query(parameters);
    const model::history_fields fields{
        .session_id = std::string(session_id),
        .before = query.integer("before"),
        .after = query.integer("after"),
        .from = query.integer("from"),
        .to = query.integer("to"),
        .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return model::check(fields);
}

model::result<model::sessions_request> sessions_from_query(model::query_parameters parameters) {
    model::query_source query(parameters);
    const model::sessions_fields fields{
        .after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return model::check(fields);
}

model::result<model::members_request>
members_from_query(std::string_view room, model::query_parameters parameters) {
    model::query_source query(parameters);
    model::members_fields fields{
        .id = std::string(room), .after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return model::check(std::move(fields));
}

model::result<model::rooms_query> rooms_from_query(model::query_parameters parameters) {
    model::query_source query(parameters);
    model::rooms_fields fields{.after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return model::check(std::move(fields));
}

}  // namespace gim::api
