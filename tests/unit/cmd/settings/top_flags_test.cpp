#include "gim/settings/top_flags.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;
using gim::top::top_options;

namespace {

top_options options_of(const std::vector<std::string>& words) {
    auto parsed = parse_top(words);
    auto* options = std::get_if<top_options>(&parsed);
    REQUIRE(options != nullptr);
    return *options;
}

exit_now exit_of(const std::vector<std::string>& words) {
    const auto parsed = parse_top(words);
    const auto* exit = std::get_if<exit_now>(&parsed);
    REQUIRE(exit != nullptr);
    return *exit;
}

// Keys as the server's --api-key-file has them.
struct key_file {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("gim-top-keys-" + std::to_string(::getpid()));

    explicit key_file(const std::string& text) { std::ofstream(path) << text; }
    key_file(const key_file&) = delete;
    key_file& operator=(const key_file&) = delete;
    ~key_file() { std::filesystem::remove(path); }

    std::string flag() const { return "--api-key-file=" + path.string(); }
};

}  // namespace

TEST_CASE("top asks the server of this machine once a second, without a key") {
    const auto o = options_of({});
    CHECK(o.url == "http://127.0.0.1:8081");
    CHECK(o.key.empty());
    CHECK(o.interval == 1s);
    CHECK(o.how == top_options::mode::live);
    const auto other = options_of({"--url", "http://[::1]:1", "--interval=250ms", "--once"});
    CHECK(other.url == "http://[::1]:1");
    CHECK(other.interval == 250ms);
    CHECK(other.how == top_options::mode::once);
    CHECK(options_of({"--api-key=a-secret-of-a-test"}).key == "a-secret-of-a-test");
}

TEST_CASE("top takes the first key of a file") {
    CHECK(
        options_of({key_file("# keys\n\ngame=first=secret\nother=second\n").flag()}).key ==
        "first=secret"
    );
    CHECK(options_of({key_file("\xEF\xBB\xBFgim=a-secret\r\n").flag()}).key == "a-secret");
    for (const auto* text : {"", "# none\n", "no secret\n", "game=\n", "game=two words\n"}) {
        CAPTURE(text);
        CHECK(exit_of({key_file(text).flag()}).err.find("NAME=SECRET") != std::string::npos);
    }
}

TEST_CASE("what top does not know is refused in one line, without the key") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--url=https://x:1"},
             {"--url=x:1"},
             {"--interval=99ms"},
             {"--interval=2h"},
             {"--once=maybe"},
             {"--api-key=\x1bsecret"},
             {"--api-key-file=/no/such"},
             {"extra"}}) {
        const auto exit = exit_of(words);
        CHECK(exit.code == 2);
        CHECK(exit.err.find('\n') == exit.err.size() - 1);
        CHECK(exit.err.find("secret") == std::string::npos);
    }
    CHECK(exit_of({"--help"}).out.find("there is no TLS") != std::string::npos);
}
