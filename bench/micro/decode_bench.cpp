// From a client's frame to a request.
//
//   decode/login, decode/send, decode/history   each in the three wire forms; a send has 64 bytes
//                                               of content

#include "dialects/gim/codec.hpp"
#include "micro/per_item.hpp"
#include "micro/samples.hpp"

#include <benchmark/benchmark.h>
#include <string>
#include <utility>

namespace {

using namespace gim;

void decode(benchmark::State& state, native::wire_form form, native::opcode op) {
    const std::string bytes = bench::sample_request(form, op);
    if (!native::decode_frame(native::kind_of(form), bytes)->body.has_value()) {
        state.SkipWithError("the sample is refused");
        return;
    }
    const bench::per_item count(state);
    for (auto _ : state) {
        benchmark::DoNotOptimize(native::decode_frame(native::kind_of(form), bytes));
    }
    state.counters["bytes"] = static_cast<double>(bytes.size());
}

const bool registered = [] {
    const std::pair<const char*, native::opcode> requests[] = {
        {"login", native::opcode::login},
        {"send", native::opcode::send},
        {"history", native::opcode::history},
    };
    for (const auto& [name, op] : requests) {
        for (const auto form : native::all_wire_forms) {
            const auto title = std::string("decode/") + name + "/" + bench::name_of(form);
            benchmark::RegisterBenchmark(title.c_str(), decode, form, op);
        }
    }
    return true;
}();

}  // namespace
