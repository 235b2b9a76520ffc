#include "api/answer.hpp"

#include "dialects/gim/codec.hpp"
#include "net/http_date.hpp"

#include <boost/beast/http/status.hpp>

namespace gim::api {

answer to_answer(const model::result<model::reply>& outcome) {
    answer a;
    if (outcome.has_error()) {
        const auto& why = outcome.error();
        a.status = static_cast<unsigned>(why.code);
        if (why.retry_after.count() != 0) {
            a.fields.emplace_back("Retry-After", std::to_string(why.retry_after.count()));
        }
    }
    native::encode_json_answer(outcome, a.body);
    return a;
}

answer data_answer(std::string_view data) {
    answer a;
    a.body.append(R"({"code":0,"msg":"","data":)").append(data).append("}");
    return a;
}

answer error_answer(unsigned status, std::string message) {
    // Some of HTTP's codes have no name in frames; they are written the same way.
    const model::error why{static_cast<model::status>(status), std::move(message)};
    return to_answer(why);
}

std::string refusal_text(const net::http_error& why) {
    auto a = error_answer(why.status, why.message);
    if (why.retry_after != 0) {
        a.fields.emplace_back("Retry-After", std::to_string(why.retry_after));
    }
    return head_text(a, persistence::close) + a.body;
}

std::string head_text(const answer& a, persistence connection) {
    namespace http = boost::beast::http;
    const auto reason = http::obsolete_reason(http::int_to_status(a.status));
    std::string text;
    text.append("HTTP/1.1 ").append(std::to_string(a.status)).append(" ");
    text.append(reason.data(), reason.size()).append("\r\n");
    const auto field = [&](std::string_view name, std::string_view value) {
        text.append(name).append(": ").append(value).append("\r\n");
    };
    text.append(net::date_field());
    field("Server", "gim");
    field("Content-Type", a.content_type);
    field("Content-Length", std::to_string(a.body.size()));
    // Answers are for the holder of one token; RFC 6750, 2.3 asks for this when it is in the URL.
    field("Cache-Control", "no-store");
    if (connection == persistence::close) {
        field("Connection", "close");
    } else if (connection == persistence::keep_and_say) {
        field("Connection", "keep-alive");
    }
    for (const auto& [name, value] : a.fields) {
        field(name, value);
    }
    return text.append("\r\n");
}

}  // namespace gim::api
