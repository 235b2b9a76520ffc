#include "gim/settings/reload_flags.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;

namespace {

exit_now exit_of(const std::vector<std::string>& words) {
    const auto parsed = parse_reload(words);
    const auto* exit = std::get_if<exit_now>(&parsed);
    REQUIRE(exit != nullptr);
    return *exit;
}

}  // namespace

TEST_CASE("reload-binary needs the pid file, and waits a minute") {
    const auto parsed = parse_reload({"--pid-file", "gim.pid"});
    REQUIRE(std::holds_alternative<reload_options>(parsed));
    CHECK(std::get<reload_options>(parsed).pid_file == "gim.pid");
    CHECK(std::get<reload_options>(parsed).timeout == 60s);
    CHECK(exit_of({}).err == "gim: reload-binary: needs --pid-file\n");
}

TEST_CASE("what reload-binary does not know is refused in one line") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--pid-file=gim.pid", "--timeout=0s"},
             {"--pid-file=gim.pid", "--timeout=soon"},
             {"--pid-file="},
             {"--pid-file"},
             {"--pid-file=gim.pid", "--force"},
             {"4711"}}) {
        const auto exit = exit_of(words);
        CHECK(exit.code == 2);
        CHECK(exit.err.find('\n') == exit.err.size() - 1);
    }
    CHECK(exit_of({"--help"}).out.find("--timeout DURATION") != std::string::npos);
}
