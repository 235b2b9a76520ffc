// The way from a packet to the sockets of a room of 1,000, without the sockets.
//
//   batch/latest, batch/full   add 10 messages to a room's batch and take them
//   fan_out/1, 16              so many packets of a message each are queued for each member and
//                              written in one turn of the flush list, as with so many in flight;
//                              per_item is a delivery's
//   outbox/1, 16               the same for a single connection, without the room: push, gather,
//                              consume

#include "dialects/gim/websocket_frames.hpp"
#include "micro/per_item.hpp"
#include "micro/samples.hpp"
#include "push/batch.hpp"
#include "push/flush_list.hpp"
#include "push/local_audience.hpp"
#include "push/outbox.hpp"

#include <array>
#include <benchmark/benchmark.h>
#include <chrono>
#include <memory>
#include <string>
#include <sys/uio.h>
#include <vector>

namespace {

using namespace gim;
using clock = push::flush_list::clock;

// A socket that takes everything at once.
class sink final : public push::outbox_writer {
public:
    explicit sink(push::flush_list& list) : box(*this, list) {}
    void flush() noexcept override {
        while (!box.is_empty()) {
            std::size_t bytes = 0;
            const std::size_t filled = box.gather(parts);
            for (std::size_t i = 0; i < filled; ++i) {
                bytes += parts[i].iov_len;
            }
            box.consume(bytes);
        }
    }

    push::outbox box;

private:
    inline static std::array<iovec, 64> parts;
};

void fan_out(benchmark::State& state) {
    constexpr std::size_t members = 1000;
    const auto packets = static_cast<std::size_t>(state.range(0));
    push::flush_list list({}, [] {});
    push::local_audience audience([](const std::string&, push::form_set) {});
    std::vector<std::unique_ptr<sink>> sinks;
    for (push::connection_id id = 0; id < members; ++id) {
        sinks.push_back(std::make_unique<sink>(list));
        audience.attach(id, sinks.back()->box, native::wire_form::json_text);
        audience.subscribe(id, "lobby-17");
    }
    push::form_set forms;
    forms.add(native::wire_form::json_text);
    const auto packet = push::encode_forms(bench::sample_packet(1), forms);
    clock::time_point now(std::chrono::hours(1));
    const bench::per_item count(state, members * packets);
    for (auto _ : state) {
        for (std::size_t i = 0; i < packets; ++i) {
            audience.fan_out("lobby-17", packet);
        }
        now += std::chrono::milliseconds(2);
        do {
            list.flush(now);
            list.finished(now);
        } while (list.has_more());
    }
}

void outbox(benchmark::State& state) {
    const auto frames = static_cast<std::size_t>(state.range(0));
    push::flush_list list({}, [] {});
    sink one(list);
    const auto frame =
        push::make_frame(native::packet_frame(native::wire_form::json_text, bench::sample_packet(1))
        );
    clock::time_point now(std::chrono::hours(1));
    const bench::per_item count(state, frames);
    for (auto _ : state) {
        for (std::size_t i = 0; i < frames; ++i) {
            one.box.push(frame);
        }
        now += std::chrono::milliseconds(2);
        do {
            list.flush(now);
            list.finished(now);
        } while (list.has_more());
    }
}

void batch(benchmark::State& state, push::batch_mode mode) {
    push::batch_policy policy;
    policy.mode = mode;
    push::batch waiting(policy);
    const auto message = bench::sample_message();
    const clock::time_point now(std::chrono::hours(1));
    const bench::per_item count(state, policy.count);
    for (auto _ : state) {
        for (std::size_t i = 0; i < policy.count; ++i) {
            waiting.add(message, now);
        }
        benchmark::DoNotOptimize(waiting.take());
    }
}

BENCHMARK_CAPTURE(batch, latest, push::batch_mode::latest);
BENCHMARK_CAPTURE(batch, full, push::batch_mode::full);
BENCHMARK(fan_out)->Arg(1)->Arg(16);
BENCHMARK(outbox)->Arg(1)->Arg(16);

}  // namespace
