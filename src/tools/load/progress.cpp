#include "tools/load/progress.hpp"

#include <cstdio>
#include <unistd.h>

namespace gim::load {

namespace {

constexpr auto clear_line = "\r\x1b[K";

}  // namespace

progress::progress(verbosity v)
    : is_quiet_(v == verbosity::quiet),
      is_terminal_(::isatty(STDERR_FILENO) == 1),
      next_(clock::now() + step()) {}

std::chrono::seconds progress::step() const {
    return std::chrono::seconds(is_terminal_ ? 1 : 3);
}

progress::~progress() {
    if (has_line_) {
        std::fputs(clear_line, stderr);
    }
}

bool progress::is_due() const {
    return !is_quiet_ && clock::now() >= next_;
}

void progress::say(const std::string& text) {
    if (!is_due()) {
        return;
    }
    if (is_terminal_) {
        std::fprintf(stderr, "%s%s", clear_line, text.c_str());
        has_line_ = true;
    } else {
        std::fprintf(stderr, "%s\n", text.c_str());
    }
    next_ = clock::now() + step();
}

}  // namespace gim::load
