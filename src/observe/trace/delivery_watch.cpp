#include "observe/trace/delivery_watch.hpp"

#include "observe/trace/tracer.hpp"

namespace gim::trace {

delivery_watch::~delivery_watch() {
    for (const auto& e : waiting_) {
        told_.receiver_step(e.user, connection_, *e.packet, "lost", "the connection ended");
    }
}

void delivery_watch::queued(std::string_view user, traced_packet_ptr packet, std::size_t pending) {
    waiting_.push_back({std::string(user), std::move(packet), written_ + pending});
}

void delivery_watch::written(std::size_t bytes) noexcept {
    written_ += bytes;
    while (!waiting_.empty() && waiting_.front().through_at <= written_) {
        const auto& e = waiting_.front();
        told_.receiver_step(e.user, connection_, *e.packet, "written", {});
        waiting_.pop_front();
    }
}

void delivery_watch::dropped(std::size_t kept) noexcept {
    while (!waiting_.empty() && waiting_.back().through_at > written_ + kept) {
        const auto& e = waiting_.back();
        told_.receiver_step(e.user, connection_, *e.packet, "lost", "cut off: it read too slowly");
        waiting_.pop_back();
    }
}

}  // namespace gim::trace
