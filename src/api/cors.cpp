#include "api/cors.hpp"

#include <utility>

namespace gim::api {

void add_cors(
    answer& a,
    std::optional<std::string_view> origin,
    const net::allowed_origins& allowed,
    const std::string& trace_header
) {
    if (a.readers == audience::no_page) {
        return;
    }
    if (allowed.has_list()) {
        a.fields.emplace_back("Vary", "Origin");
    }
    auto value = origin ? allowed.cors_value(*origin) : std::string();
    if (value.empty()) {
        return;
    }
    a.fields.emplace_back("Access-Control-Allow-Origin", std::move(value));
    const auto trace = trace_header.empty() ? "" : ", " + trace_header;
    a.fields.emplace_back("Access-Control-Expose-Headers", "Retry-After" + trace);
    if (!a.preflight_methods.empty()) {
        a.fields.emplace_back("Access-Control-Allow-Methods", a.preflight_methods);
        a.fields.emplace_back(
            "Access-Control-Allow-Headers", "Authorization, Content-Type" + trace
        );
        a.fields.emplace_back("Access-Control-Max-Age", "600");
    }
}

answer preflight_answer(
    std::string_view origin,
    const net::allowed_origins& allowed,
    std::string methods
) {
    if (allowed.cors_value(origin).empty()) {
        return error_answer(403, "Origin: this page may not use this server");
    }
    auto a = data_answer("{}");
    a.preflight_methods = std::move(methods);
    return a;
}

}  // namespace gim::api
