// From replies and packets to the bytes of a frame, in the three wire forms.
//
//   encode/login, encode/send   the reply to one request
//   encode/history              a page of 50 messages of 64 bytes
//   encode/error                a refusal
//   encode/packet/1, 10, 50     a push of so many messages, with its WebSocket header; per_item and
//                               bytes_per_item are a message's

#include "dialects/gim/websocket_frames.hpp"
#include "micro/per_item.hpp"
#include "micro/samples.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace gim;
using answer = model::result<model::reply>;

void encode_reply(
    benchmark::State& state,
    native::wire_form form,
    native::opcode op,
    const answer& reply,
    std::size_t items
) {
    const auto reply_op = static_cast<std::uint32_t>(op) + 1;
    const bench::per_item count(state, items);
    for (auto _ : state) {
        benchmark::DoNotOptimize(native::reply_frame(form, reply_op, 77, reply));
    }
    state.counters["bytes"] =
        static_cast<double>(native::reply_frame(form, reply_op, 77, reply).bytes().size());
}

void encode_packet(benchmark::State& state, native::wire_form form, std::size_t items) {
    const auto packet = bench::sample_packet(items);
    const bench::per_item count(state, items);
    for (auto _ : state) {
        benchmark::DoNotOptimize(native::packet_frame(form, packet));
    }
    const auto bytes = native::packet_frame(form, packet).bytes().size();
    state.counters["bytes_per_item"] = static_cast<double>(bytes) / static_cast<double>(items);
}

answer login_answer() {
    return model::reply(model::login_reply{
        std::string(180, 't'), {"user-1234", "Somebody"}, 1'790'000'000'000});
}

answer send_answer() {
    return model::reply(model::send_reply{
        "0nTz4kQ9a3F", model::session_id::room("lobby-17"), 1234, 1'790'000'000'000});
}

answer history_answer() {
    return model::reply(model::history_reply{
        bench::sample_packet(50).items, true, "5f3a91c07be2d846", 1283});
}

const bool registered = [] {
    struct reply_case {
        const char* name;
        native::opcode op;
        answer reply;
        std::size_t items;
    };
    const std::vector<reply_case> replies = {
        {"login", native::opcode::login, login_answer(), 1},
        {"send", native::opcode::send, send_answer(), 1},
        {"history", native::opcode::history, history_answer(), 50},
        {"error", native::opcode::send, model::forbidden("target_id: not a member"), 1},
    };
    for (const auto& r : replies) {
        for (const auto form : native::all_wire_forms) {
            const auto title = std::string("encode/") + r.name + "/" + bench::name_of(form);
            benchmark::RegisterBenchmark(title.c_str(), encode_reply, form, r.op, r.reply, r.items);
        }
    }
    for (const std::size_t items : {1U, 10U, 50U}) {
        for (const auto form : native::all_wire_forms) {
            const auto title =
                "encode/packet/" + std::to_string(items) + "/" + bench::name_of(form);
            benchmark::RegisterBenchmark(title.c_str(), encode_packet, form, items);
        }
    }
    return true;
}();

}  // namespace
