#include "api/routes.hpp"

#include <optional>

namespace gim::api {

namespace {

// The {id} of the path, or an empty text if its pattern has none; nothing if it does not fit.
std::optional<std::string_view>
fit(std::string_view pattern, std::span<const std::string> segments) {
    std::string_view id;
    for (const auto& segment : segments) {
        if (!pattern.starts_with('/')) {
            return std::nullopt;
        }
        pattern.remove_prefix(1);
        const auto expected = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(expected.size());
        if (expected == "{id}") {
            id = segment;
        }
        if (expected == "{id}" ? segment.empty() : segment != expected) {
            return std::nullopt;
        }
    }
    if (!pattern.empty()) {
        return std::nullopt;
    }
    return id;
}

}  // namespace

route_match match(std::string_view method, std::span<const std::string> segments) {
    // RFC 9110, 9.3.2: HEAD is GET whose content is not sent.
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    route_match result;
    for (const auto& r : routes) {
        const auto id = fit(r.path, segments);
        if (!id) {
            continue;
        }
        if (r.method == wanted) {
            return {&r, *id, {}};
        }
        result.allow += result.allow.empty() ? "" : ", ";
        result.allow += r.method == "GET" ? "GET, HEAD" : r.method;
    }
    return result;
}

}  // namespace gim::api
