#include "tools/load/load_options.hpp"

#include <array>
#include <utility>

namespace gim::load {

namespace {

constexpr std::array<std::pair<scenario, std::string_view>, 7> names{{
    {scenario::fanout, "fanout"},
    {scenario::rooms, "rooms"},
    {scenario::pairs, "private"},
    {scenario::idle, "idle"},
    {scenario::connect, "connect"},
    {scenario::history, "history"},
    {scenario::slow, "slow"},
}};

}  // namespace

std::string_view name_of(scenario s) {
    for (const auto& [value, name] : names) {
        if (value == s) {
            return name;
        }
    }
    return "unknown";
}

std::optional<scenario> scenario_of(std::string_view name) {
    for (const auto& [value, known] : names) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

load_options defaults_of(scenario s) {
    load_options o;
    o.what = s;
    switch (s) {
        case scenario::fanout:
            break;
        case scenario::rooms:
            o.rooms = 100;
            o.members = 50;
            o.inflight = 1;
            break;
        case scenario::pairs:
            o.pairs = 200;
            o.inflight = 1;
            break;
        case scenario::idle:
            o.connections = 10'000;
            break;
        case scenario::connect:
            break;
        case scenario::history:
            o.rooms = 10;
            o.members = 10;
            o.rate = 100;
            break;
        case scenario::slow:
            o.members = 200;
            o.slow_members = 10;
            o.size = 2000;  // so that they fall behind in seconds
            break;
    }
    return o;
}

}  // namespace gim::load
