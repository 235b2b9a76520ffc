#include "api/openapi.hpp"

#include "api/routes.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <string>

using namespace gim::api;

namespace {

// The part of the document about one path.
std::string path_item(std::string_view path) {
    const auto begin = openapi_yaml.find("\n  " + std::string(path) + ":\n");
    REQUIRE(begin != std::string_view::npos);
    const auto end = openapi_yaml.find("\n  /", begin + 1);
    return std::string(openapi_yaml.substr(begin, end - begin));
}

// The part of a path about one method.
std::string operation_of(const std::string& item, std::string_view method) {
    std::string name(method);
    for (auto& c : name) {
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    const auto begin = item.find("\n    " + name + ":\n");
    REQUIRE(begin != std::string::npos);
    auto end = item.find("\n    ", begin + 1);
    while (end != std::string::npos && item[end + 5] == ' ') {
        end = item.find("\n    ", end + 1);
    }
    return item.substr(begin, end - begin);
}

// What the operation asks for: the document's default, or its own.
std::string security_of(const std::string& operation) {
    const auto begin = operation.find("\n      security:");
    if (begin == std::string::npos) {
        return "any";
    }
    const auto at = begin + std::string_view("\n      security: ").size();
    return operation.substr(at, operation.find('\n', at) - at);
}

std::string security_of(access who) {
    switch (who) {
        case access::anyone:
            return "[]";
        case access::caller:
            return "any";
        case access::user:
            return "[{ bearer: [] }, { query_token: [] }]";
        case access::back_end:
            return "[{ api_key: [] }, { bearer: [] }]";
        case access::operators:
        case access::inspectors:
            return "[{ api_key: [] }, { bearer: [] }, {}]";
    }
    return "?";
}

}  // namespace

TEST_CASE("the document has every route, and asks for a token where the route does") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const auto item = path_item(r.path);
        const auto operation = operation_of(item, r.method);
        CHECK(security_of(operation) == security_of(r.who));
    }
}

TEST_CASE("the document names a version") {
    const auto at = openapi_yaml.find("\n  version: '");
    REQUIRE(at != std::string_view::npos);
    CHECK(std::isdigit(static_cast<unsigned char>(openapi_yaml[at + 13])));
    CHECK(openapi_yaml.find("PROJECT_VERSION") == std::string_view::npos);
}
