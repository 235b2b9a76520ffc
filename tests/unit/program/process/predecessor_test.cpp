#include "program/process/predecessor.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using gim::net::unique_fd;
using gim::program::predecessor;

namespace {

// Somebody who gives one answer to whatever is asked.
struct other_process {
    explicit other_process(const std::string& answer) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        theirs.reset(ends[0]);
        ours.reset(ends[1]);
        REQUIRE(::send(theirs.get(), answer.data(), answer.size(), 0) == std::ssize(answer));
    }
    std::string heard() const {
        std::array<char, 16> some{};
        const auto n = ::recv(theirs.get(), some.data(), some.size(), MSG_DONTWAIT);
        return {some.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
    }

    unique_fd theirs;
    unique_fd ours;
};

}  // namespace

TEST_CASE("a process before says where its memory is, or that it keeps none, or that it goes on") {
    other_process with("at /var/lib/a memory\n");
    predecessor one(std::move(with.ours));
    CHECK(one.ask_for_memory() == "/var/lib/a memory");
    CHECK(with.heard() == "m");
    one.say_that_we_serve();
    CHECK(with.heard() == "+");

    other_process without("none\n");
    CHECK(!predecessor(std::move(without.ours)).ask_for_memory());
    other_process failing("failed\n");
    CHECK_THROWS_AS(predecessor(std::move(failing.ours)).ask_for_memory(), std::runtime_error);
    other_process mad(std::string(9000, 'x'));
    CHECK_THROWS_AS(predecessor(std::move(mad.ours)).ask_for_memory(), std::runtime_error);
}

TEST_CASE("one that has ended has no memory, and one without is asked nothing") {
    other_process cut("at /half a li");
    cut.theirs.reset();
    CHECK(!predecessor(std::move(cut.ours)).ask_for_memory());
    predecessor none{unique_fd()};
    CHECK(!none.ask_for_memory());
    none.say_that_we_serve();
}

TEST_CASE("one of an earlier version, at a pipe, would take a question for the end") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    const unique_fd theirs(ends[0]);
    predecessor before{unique_fd(ends[1])};
    CHECK(!before.ask_for_memory());
    char word = 0;
    CHECK(::read(theirs.get(), &word, 1) == -1);
    before.say_that_we_serve();
    CHECK(::read(theirs.get(), &word, 1) == 1);
    CHECK(word == '+');
}
