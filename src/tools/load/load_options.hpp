#pragma once

#include "tools/client/gim_codec.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gim::load {

enum class scenario { fanout, rooms, pairs, idle, connect, history, slow };
enum class dialect_kind { gim, plain };
enum class ways { one, both };

// What is to be done to a server. Each scenario uses some of it; the defaults are fanout's.
struct load_options {
    scenario what = scenario::fanout;

    std::size_t rooms = 1;
    std::size_t members = 1000;    // of each room
    std::size_t publishers = 0;    // of all rooms together; 0: one in each
    std::size_t slow_members = 0;  // of each room, beside its members
    std::size_t pairs = 0;
    ways direction = ways::one;   // who of a pair sends
    std::size_t connections = 0;  // idle

    // Closed loop: messages under way for each publisher, or operations at a time.
    std::size_t inflight = 16;
    // Messages a second of all publishers together, whatever the server does; 0: closed loop.
    std::size_t rate = 0;
    // Bytes of content, at least marker::length. Larger: more bytes to copy for everybody.
    std::size_t size = 64;

    dialect_kind dialect = dialect_kind::gim;
    client::gim_form form = client::gim_form::json_text;

    // What is measured, and what goes before. Longer: steadier figures.
    std::chrono::nanoseconds time = std::chrono::seconds(5);
    std::chrono::nanoseconds warmup = std::chrono::seconds(1);

    std::size_t all_publishers() const noexcept { return publishers > 0 ? publishers : rooms; }
};

// Its name on the command line.
std::string_view name_of(scenario s);
std::optional<scenario> scenario_of(std::string_view name);
// What that scenario does unless it is told otherwise.
load_options defaults_of(scenario s);

}  // namespace gim::load
