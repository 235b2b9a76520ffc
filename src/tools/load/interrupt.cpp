#include "tools/load/interrupt.hpp"

#include <csignal>

namespace gim::load {

namespace {

volatile std::sig_atomic_t was_interrupted = 0;

}  // namespace

void expect_interrupts() {
    struct sigaction action {};
    action.sa_handler = [](int) { was_interrupted = 1; };
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

void throw_if_interrupted() {
    if (was_interrupted != 0) {
        throw interrupted();
    }
}

}  // namespace gim::load
