#pragma once

#include "observe/trace/traced_packet.hpp"
#include "push/outbox.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace gim::trace {

class tracer;

// Tells when the packets for a traced user are through: from the outbox to the kernel.
//
// Threads: its outbox's worker. Lifetime: the outbox owns it; the tracer must outlive both.
class delivery_watch final : public push::write_watch {
public:
    delivery_watch(tracer& told, push::connection_id connection)
        : told_(told), connection_(connection) {}
    ~delivery_watch() override;

    // That packet is the last of the `pending` bytes that wait.
    void queued(std::string_view user, traced_packet_ptr packet, std::size_t pending);

    void written(std::size_t bytes) noexcept override;
    void dropped(std::size_t kept) noexcept override;

private:
    struct entry {
        std::string user;
        traced_packet_ptr packet;
        std::uint64_t through_at;  // bytes that are written by then
    };

    tracer& told_;
    const push::connection_id connection_;
    std::uint64_t written_ = 0;  // bytes, since it watches
    std::deque<entry> waiting_;
};

}  // namespace gim::trace
