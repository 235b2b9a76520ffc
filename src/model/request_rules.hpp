#pragma once

#include "model/error.hpp"
#include "model/requests.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The rules that a request must keep, the same for every dialect. A dialect finds the fields, the
// rules judge them. Errors are 400 (413 for a long content) and name the field at fault.
namespace gim::model {

// The largest `seq`, and the largest integer that JSON numbers keep exactly (RFC 8259, 6).
inline constexpr std::uint64_t max_json_integer = (std::uint64_t{1} << 53) - 1;

// Op and op + 1, that of the reply, are positive numbers of 31 bits, which every language has.
inline constexpr std::int64_t max_request_op = (std::int64_t{1} << 31) - 2;

// The numbers of a frame. `seq` may be absent.
std::optional<error>
check_envelope(std::optional<std::int64_t> op, std::optional<std::int64_t> seq);

// The fields of each request as they were found; empty: not given.
struct login_fields {
    std::optional<std::string> id;
    std::optional<std::string> name;
    std::optional<std::string> token;
};

struct refresh_fields {
    std::optional<std::string> token;
};

struct send_fields {
    std::optional<std::int64_t> type;
    std::optional<std::string> target_id;
    std::optional<std::string> category;
    std::optional<std::string> content;
    std::optional<std::string> request_id = {};
};

struct sender_fields {  // HTTP only
    std::optional<std::string> id;
    std::optional<std::string> name;
};

struct target_fields {  // HTTP only
    std::optional<std::int64_t> type;
    std::optional<std::string> target_id;
};

struct history_fields {
    std::optional<std::string> session_id;
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> after;
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
    std::optional<std::int64_t> limit;
};

struct sessions_fields {
    std::optional<std::string> after;
    std::optional<std::int64_t> limit;
};

struct join_fields {
    std::optional<std::string> id;
};

struct leave_fields {
    std::optional<std::string> id;
};

struct members_fields {
    std::optional<std::string> id;
    std::optional<std::string> after;
    std::optional<std::int64_t> limit;
};

struct rooms_fields {  // HTTP only
    std::optional<std::string> after;
    std::optional<std::int64_t> limit;
};

// A page of all rooms, by id.
struct rooms_query {
    std::optional<std::string> after;  // ids above this
    std::size_t limit = default_page;
};

result<login_request> check(login_fields fields);
result<refresh_request> check(refresh_fields fields);
result<send_request> check(send_fields fields);
// What is sent, whoever it is for.
result<send_request> check_content(send_fields fields);
result<named_sender> check(sender_fields fields);
result<send_target> check(target_fields fields);
result<history_request> check(const history_fields& fields);
result<sessions_request> check(const sessions_fields& fields);
result<join_request> check(join_fields fields);
result<leave_request> check(leave_fields fields);
result<members_request> check(members_fields fields);
result<rooms_query> check(rooms_fields fields);

// What a user may be called: 1 to 64 bytes without control characters. REQUIRES: UTF-8.
bool is_valid_name(std::string_view name) noexcept;

// For an id that stands in a path: the error that names `field`, or none.
std::optional<error> check_id(std::string_view field, std::string_view id);

}  // namespace gim::model
