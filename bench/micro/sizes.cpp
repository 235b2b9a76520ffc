// What each connection has, in the head of every run.

#include "gateway/connection.hpp"
#include "push/outbox.hpp"

#include <benchmark/benchmark.h>
#include <string>

namespace {

const bool is_added = [] {
    const auto say = [](const char* what, std::size_t bytes) {
        benchmark::AddCustomContext(what, std::to_string(bytes) + " bytes");
    };
    say("connection", sizeof(gim::gateway::connection));
    say("of which its outbox", sizeof(gim::push::outbox));
    return true;
}();

}  // namespace
