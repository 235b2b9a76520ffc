#pragma once

#include <cstdint>
#include <string_view>

namespace gim::model {

// What a connection is told that will be closed (op 107).
struct notice {
    std::string_view reason;           // "drain": the server is about to stop
    std::uint64_t retry_after_ms = 0;  // when it is closed; connect again then
};

}  // namespace gim::model
