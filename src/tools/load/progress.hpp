#pragma once

#include <chrono>
#include <string>

namespace gim::load {

enum class verbosity { quiet, normal };

// Says on stderr how far a run is: one line rewritten every second on a terminal, else a line every
// few seconds, so that a log stays readable.
class progress {
public:
    explicit progress(verbosity v);
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    // Takes the line away from a terminal.
    ~progress();

    // Whether say() would say anything now: ask before making a text.
    bool is_due() const;
    void say(const std::string& text);

private:
    using clock = std::chrono::steady_clock;

    std::chrono::seconds step() const;

    const bool is_quiet_;
    const bool is_terminal_;
    bool has_line_ = false;
    clock::time_point next_;
};

}  // namespace gim::load
