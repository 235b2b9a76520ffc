#include "api/routes.hpp"

#include <optional>

namespace gim::api {

namespace {

struct placeholders {
    std::string_view id;
    std::string_view user;
};

// What stands for them, empty if the pattern has none; nothing if the path does not fit.
std::optional<placeholders> fit(std::string_view pattern, std::span<const std::string> segments) {
    placeholders found;
    for (const auto& segment : segments) {
        if (!pattern.starts_with('/')) {
            return std::nullopt;
        }
        pattern.remove_prefix(1);
        const auto expected = pattern.substr(0, pattern.find('/'));
        pattern.remove_prefix(expected.size());
        if (!expected.starts_with('{')) {
            if (segment != expected) {
                return std::nullopt;
            }
            continue;
        }
        if (segment.empty()) {
            return std::nullopt;
        }
        (expected == "{id}" ? found.id : found.user) = segment;
    }
    if (!pattern.empty()) {
        return std::nullopt;
    }
    return found;
}

}  // namespace

route_match match(std::string_view method, std::span<const std::string> segments) {
    // RFC 9110, 9.3.2: HEAD is GET whose content is not sent.
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    route_match result;
    for (const auto& r : routes) {
        const auto fitting = fit(r.path, segments);
        if (!fitting) {
            continue;
        }
        if (r.method == wanted) {
            return {&r, fitting->id, fitting->user, {}, &r};
        }
        result.of_path = &r;
        result.allow += result.allow.empty() ? "" : ", ";
        result.allow += r.method == "GET" ? "GET, HEAD" : r.method;
    }
    return result;
}

}  // namespace gim::api
