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

}  // namespace

TEST_CASE("the document has every route, and asks for a token where the route does") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const auto item = path_item(r.path);
        const bool is_open = item.find("security: []") != std::string::npos;
        CHECK(item.find(r.method == "GET" ? "\n    get:\n" : "\n    post:\n") != std::string::npos);
        CHECK(is_open == (r.who == access::anyone));
    }
}

TEST_CASE("the document names a version") {
    const auto at = openapi_yaml.find("\n  version: '");
    REQUIRE(at != std::string_view::npos);
    CHECK(std::isdigit(static_cast<unsigned char>(openapi_yaml[at + 13])));
    CHECK(openapi_yaml.find("PROJECT_VERSION") == std::string_view::npos);
}
