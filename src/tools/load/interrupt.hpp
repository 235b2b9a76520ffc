#pragma once

#include <exception>

namespace gim::load {

// Somebody has pressed ^C: thrown, so that whatever was started is ended on the way out.
class interrupted : public std::exception {
public:
    const char* what() const noexcept override { return "interrupted"; }
};

// From now on SIGINT and SIGTERM only set a flag.
void expect_interrupts();
void throw_if_interrupted();

}  // namespace gim::load
