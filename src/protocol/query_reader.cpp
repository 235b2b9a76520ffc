#include "protocol/query_reader.hpp"

#include "protocol/field_source.hpp"

#include <charconv>
#include <limits>

namespace gim::protocol {

namespace {

class query_source final : public field_source {
public:
    explicit query_source(query_parameters parameters) : parameters_(parameters) {}

    std::optional<std::string> text(std::string_view name) override {
        const auto* value = find(name);
        return value != nullptr ? std::optional(*value) : std::nullopt;
    }

    std::optional<std::int64_t> integer(std::string_view name) override {
        const auto* value = find(name);
        if (value == nullptr) {
            return {};
        }
        std::int64_t number = 0;
        const char* const end = value->data() + value->size();
        const auto [stopped, problem] = std::from_chars(value->data(), end, number);
        if (problem == std::errc::invalid_argument || stopped != end) {
            fail(name, "must be an integer");
            return {};
        }
        if (problem == std::errc::result_out_of_range) {
            using limits = std::numeric_limits<std::int64_t>;
            return value->front() == '-' ? limits::min() : limits::max();
        }
        return number;
    }

private:
    const std::string* find(std::string_view name) {
        const std::string* found = nullptr;
        for (const auto& [key, value] : parameters_) {
            if (key == name) {
                if (found != nullptr) {
                    fail(name, "given twice");
                }
                found = &value;
            }
        }
        return found;
    }

    const query_parameters parameters_;
};

}  // namespace

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
