#include "api/node_handler.hpp"

#include "base/text_buffer.hpp"
#include "json/json_writer.hpp"
#include "model/query_source.hpp"
#include "model/request_rules.hpp"

#include <chrono>
#include <string>

namespace gim::api {

namespace {

using json::operator""_json;
using json = json::json_writer<json::json_level::plain>;
using node = session::node_service::record;

void write(const node& n, std::chrono::milliseconds uptime, json& to) {
    to.plain(R"({"id":)"_json, n.id);
    if (!n.address.empty()) {
        to.text(R"(,"address":)"_json, n.address);
    }
    to.number(R"(,"connections":)"_json, n.connections)
        .number(R"(,"rooms":)"_json, n.rooms)
        .number(R"(,"uptime_ms":)"_json, uptime.count())
        .flag(R"(,"draining":)"_json, n.is_draining)
        .raw("}"_json);
}

}  // namespace

boost::asio::awaitable<answer> node_handler::list() {
    const auto living = co_await services_.nodes.list();
    if (!living) {
        co_return to_answer(living.error());
    }
    base::text_buffer out;
    json to(out);
    const auto write_one = [&](const node& n) { write(n, services_.nodes.uptime_of(n), to); };
    to.list(R"({"items":)"_json, *living, write_one).raw("}"_json);
    co_return data_answer(out.view());
}

answer node_handler::route(model::query_parameters parameters) {
    model::query_source query(parameters);
    const auto user = query.text("uid");
    const auto by = query.text("by");
    if (query.failure()) {
        return to_answer(*query.failure());
    }
    const auto how = session::parse_route_by(by.value_or("least"));
    if (!how) {
        return error_answer(400, "by: must be least, random, loop or hash");
    }
    if (user) {
        if (auto problem = model::check_id("uid", *user)) {
            return to_answer(*std::move(problem));
        }
    } else if (*how == session::route_by::hash) {
        return error_answer(400, "uid: missing");
    }
    const auto found = services_.nodes.route(*how, user.value_or(""));
    if (!found) {
        return to_answer(found.error());
    }
    base::text_buffer out;
    json to(out);
    to.plain(R"({"id":)"_json, found->id).text(R"(,"address":)"_json, found->address).raw("}"_json);
    return data_answer(out.view());
}

}  // namespace gim::api
