#pragma once

#include "session/connection_closer.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace gim::test {

// Notes what it is to close. Threads: those of the worker; the test looks when nothing is on its
// way.
class noting_closer final : public session::connection_closer {
public:
    void close(push::connection_id id, protocol::close_code code, std::string_view reason)
        override {
        closed.emplace_back(id, code, std::string(reason));
    }

    std::vector<std::tuple<push::connection_id, protocol::close_code, std::string>> closed;
};

}  // namespace gim::test
