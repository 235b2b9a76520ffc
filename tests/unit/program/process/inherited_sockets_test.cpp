#include "program/process/inherited_sockets.hpp"

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <unistd.h>

using gim::program::inherited_sockets;

// That sockets are taken over is tried with the real binary: here are the variables that say none,
// or nonsense.

namespace {

using variables = std::map<std::string, std::string>;

inherited_sockets sockets_of(const variables& all) {
    return inherited_sockets([&all](const char* name) -> const char* {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : found->second.c_str();
    });
}

const std::string own = std::to_string(::getpid());

}  // namespace

TEST_CASE("without variables, or with those of another process, there are no sockets") {
    for (const auto& all :
         {variables{},
          variables{{"LISTEN_FDS", "2"}},
          variables{{"LISTEN_FDS", "2"}, {"LISTEN_PID", "1"}},
          variables{{"LISTEN_FDS", "2"}, {"LISTEN_PID", "x"}},
          variables{{"LISTEN_PID", own}},
          variables{{"LISTEN_PID", own}, {"LISTEN_FDS", "0"}},
          variables{{"LISTEN_FDS", "2"}, {"GIM_PREDECESSOR", "1:9"}},
          variables{{"LISTEN_FDS", "2"}, {"GIM_PREDECESSOR", "nobody"}}}) {
        auto sockets = sockets_of(all);
        CHECK(sockets.take("gateway").empty());
        CHECK(sockets.take("api").empty());
        CHECK_FALSE(sockets.predecessor());
    }
}

TEST_CASE("a number that is none, or a name of no door, is said") {
    for (const auto* count : {"", "x", "-1", "1000000"}) {
        CHECK_THROWS_AS(
            sockets_of({{"LISTEN_PID", own}, {"LISTEN_FDS", count}}), std::runtime_error
        );
    }
    const variables unnamed{{"LISTEN_PID", own}, {"LISTEN_FDS", "1"}};
    CHECK_THROWS_WITH_AS(
        sockets_of(unnamed),
        "an inherited socket is called \"\"; FileDescriptorName= of the socket unit must be "
        "gateway "
        "or api",
        std::runtime_error
    );
}
