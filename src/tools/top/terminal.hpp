#pragma once

#include "tools/top/view.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <termios.h>
#include <vector>

namespace gim::top {

// The whole terminal, on its second screen. Its destructor gives it back as it was, and so does
// every signal that ends a program: they are told as `end`.
//
// Threads: the main thread's, before there are others. One at a time.
class terminal {
public:
    terminal();
    ~terminal();
    terminal(const terminal&) = delete;
    terminal& operator=(const terminal&) = delete;

    static bool is_there() noexcept;  // stdout is one

    struct extent {
        std::size_t width;
        std::size_t height;
    };
    static extent size() noexcept;

    // In one write, so that nothing flickers.
    void draw(const std::vector<line>& frame);

    struct event {
        enum class what { nothing, key, resized, end };
        what is = what::nothing;
        char key = 0;
    };
    // The descriptors that can be read when there is an event.
    std::vector<int> sources() const;
    // Waits for one, at most for so long.
    event wait(std::chrono::milliseconds at_most);

private:
    std::optional<termios> before_;  // empty: stdin is no terminal, and there are no keys
    sigset_t signals_before_{};
    int signals_ = -1;
};

}  // namespace gim::top
