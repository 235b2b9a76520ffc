#include "protocol/query_reader.hpp"

#include "protocol/query_source.hpp"

namespace gim::protocol {

result<history_request>
history_from_query(std::string_view session_id, query_parameters parameters) {
    query_source query(parameters);
    const history_fields fields{
        .session_id = std::string(session_id),
        .before = query.integer("before"),
        .after = query.integer("after"),
        .from = query.integer("from"),
        .to = query.integer("to"),
        .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return check(fields);
}

result<sessions_request> sessions_from_query(query_parameters parameters) {
    query_source query(parameters);
    const sessions_fields fields{.after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return check(fields);
}

result<members_request> members_from_query(std::string_view room, query_parameters parameters) {
    query_source query(parameters);
    members_fields fields{
        .id = std::string(room), .after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return check(std::move(fields));
}

result<rooms_query> rooms_from_query(query_parameters parameters) {
    query_source query(parameters);
    rooms_fields fields{.after = query.text("after"), .limit = query.integer("limit")};
    if (query.failure()) {
        return *query.failure();
    }
    return check(std::move(fields));
}

}  // namespace gim::protocol
