#include "push/flush_gate.hpp"

#include <cassert>

namespace gim::push {

void flush_gate::enter(std::function<void()> go) {
    if (inside_ < limit_) {
        ++inside_;
        go();
    } else {
        waiting_.push_back(std::move(go));
    }
}

void flush_gate::release() {
    assert(inside_ > 0);
    if (waiting_.empty()) {
        --inside_;
        return;
    }
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
}

}  // namespace gim::push
