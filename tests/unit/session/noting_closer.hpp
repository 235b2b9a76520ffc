#pragma once

#include "node/connection_closer.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace gim::test {

// Notes what it is to close. Threads: those of the worker; the test looks when nothing is on its
// way.
class noting_closer final : public node::connection_closer {
public:
    void close(push::connection_id id, websocket::close_code code, std::string_view reason)
        override {
        closed.emplace_back(id, code, std::string(reason));
    }

    std::vector<std::tuple<push::connection_id, websocket::close_code, std::string>> closed;
};

}  // namespace gim::test
