#pragma once

#include <cstddef>

namespace gim::node {

// Whether requests that begin on one worker may change what is kept.
//
// Problem: a process that hands its memory over must not change it any more: what it accepted then
// would be lost. But a request visits several workers, and one that is half done is no state to
// hand over. So it is asked once, on the worker where it begins, and counted until it has come back
// there. When all gates are shut and nobody is inside any, memory stays as it is.
//
// Threads: its worker's.
class change_gate {
public:
    // False: shut. Otherwise leave() must follow.
    bool enter() noexcept {
        inside_ += is_shut_ ? 0 : 1;
        return !is_shut_;
    }
    void leave() noexcept { --inside_; }

    void shut() noexcept { is_shut_ = true; }
    void open() noexcept { is_shut_ = false; }
    bool is_shut() const noexcept { return is_shut_; }
    std::size_t inside() const noexcept { return inside_; }

private:
    bool is_shut_ = false;
    std::size_t inside_ = 0;
};

}  // namespace gim::node
