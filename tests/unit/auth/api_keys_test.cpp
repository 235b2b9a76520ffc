#include "auth/api_keys.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <unistd.h>

using gim::auth::api_keys;

namespace {

const std::string game = "0123456789abcdef";
const std::string shop = "fedcba9876543210";

// A file with that text, for as long as it lives.
class file_of {
public:
    explicit file_of(const std::string& text) {
        const int fd = ::mkstemp(path.data());
        REQUIRE(fd >= 0);
        ::close(fd);
        std::ofstream(path) << text;
    }
    ~file_of() { std::remove(path.c_str()); }

    std::string path = "/tmp/gim-api-keys-XXXXXX";
};

}  // namespace

TEST_CASE("a secret is found under its name, and nothing else is") {
    api_keys keys;
    CHECK(keys.is_empty());
    CHECK_FALSE(keys.find(game));
    CHECK_FALSE(keys.add("game=" + game));
    CHECK_FALSE(keys.add("shop=" + shop));
    CHECK_FALSE(keys.is_empty());
    CHECK(keys.find(game) == "game");
    CHECK(keys.find(shop) == "shop");
    for (const auto& other :
         {std::string(),
          game.substr(1),
          game + "0",
          "game=" + game,
          std::string("game"),
          std::string("0123456789abcdeF"),
          game + std::string(1, '\0')}) {
        CAPTURE(other);
        CHECK_FALSE(keys.find(other));
    }
}

TEST_CASE("a name may have several secrets, a secret only one name") {
    api_keys keys;
    CHECK_FALSE(keys.add("game=" + game));
    CHECK_FALSE(keys.add("game=" + shop));
    CHECK(keys.find(game) == "game");
    CHECK(keys.find(shop) == "game");
    CHECK(keys.add("other=" + game));
}

TEST_CASE("a secret may hold an equals sign") {
    api_keys keys;
    CHECK_FALSE(keys.add("game=abc=def=0123456789=="));
    CHECK(keys.find("abc=def=0123456789==") == "game");
}

TEST_CASE("what is no key is refused, without a word of its secret") {
    for (const auto& [text, why] : std::initializer_list<std::pair<std::string, std::string>>{
             {"", "NAME=SECRET"},
             {"a-secret-but-no-name", "NAME=SECRET"},
             {"=" + game, "name"},
             {"two words=" + game, "name"},
             {std::string(65, 'n') + "=" + game, "name"},
             {"game=", "secret"},
             {"game=a-secret-of-15c", "secret"},
             {"game=a secret with spaces", "secret"},
             {"game=a-secret-with-\xc3\xa4-in-it", "secret"},
             {"game=" + std::string(257, 'x'), "secret"}}) {
        CAPTURE(text);
        api_keys keys;
        const auto problem = keys.add(text);
        REQUIRE(problem);
        CHECK(problem->find(why) != std::string::npos);
        CHECK(problem->find("a-secret") == std::string::npos);
        CHECK(keys.is_empty());
    }
}

TEST_CASE("a file has one key a line, and comments") {
    const file_of file("# back ends\n\ngame=" + game + "\r\n  shop=" + shop + "  \n# end");
    api_keys keys;
    CHECK_FALSE(keys.add_file(file.path));
    CHECK(keys.find(game) == "game");
    CHECK(keys.find(shop) == "shop");
}

TEST_CASE("a bad line of a file is named by its number; a file must be there") {
    const file_of file("game=" + game + "\nshop=a-secret\n");
    api_keys keys;
    const auto problem = keys.add_file(file.path);
    REQUIRE(problem);
    CHECK(problem->starts_with("line 2: "));
    CHECK(problem->find("a-secret") == std::string::npos);
    CHECK(api_keys().add_file("/nowhere/at/all") == "must be a file that can be read");
    CHECK(api_keys().add_file("/tmp") == "must be a file that can be read");
    const file_of empty("");
    CHECK_FALSE(api_keys().add_file(empty.path));
}
