#pragma once

#include "model/error.hpp"
#include "model/query_source.hpp"
#include "observe/inspect/connection_row.hpp"
#include "observe/inspect/room_row.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// What may be asked of the connections and rooms, and in which order they are told.
namespace gim::inspect {

inline constexpr std::size_t default_rows = 20;
inline constexpr std::size_t most_rows = 1000;

template <class T>
struct order {
    std::string_view name;
    bool (*comes_first)(const T& a, const T& b);  // a before b
};

// The largest number first. Those with the same are told by their age, which comes with the id.
template <auto Number>
constexpr bool by(const connection_figures& a, const connection_figures& b) noexcept {
    return a.*Number != b.*Number ? a.*Number > b.*Number : a.id < b.id;
}
template <auto Number>
constexpr bool by(const room_row& a, const room_row& b) noexcept {
    return a.*Number != b.*Number ? a.*Number > b.*Number : a.id < b.id;
}

// The first one is that of who names none.
inline constexpr std::array<order<connection_figures>, 8> connection_orders{{
    {"outbox", by<&connection_figures::outbox_bytes>},
    {"age", by<&connection_figures::oldest>},
    {"skipped", by<&connection_figures::passed_over>},
    {"idle", by<&connection_figures::silent>},
    {"connected", by<&connection_figures::connected>},
    {"requests", by<&connection_figures::requests>},
    {"received", by<&connection_figures::received_bytes>},
    {"sent", by<&connection_figures::sent_bytes>},
}};
inline constexpr std::array<order<room_row>, 6> room_orders{{
    {"rate", by<&room_row::rate>},
    {"members", by<&room_row::members>},
    {"messages", by<&room_row::messages>},
    {"skipped", by<&room_row::skipped>},
    {"pending", by<&room_row::pending>},
    {"id", [](const room_row& a, const room_row& b) { return a.id < b.id; }},
}};

struct connections_question {
    const order<connection_figures>* by = &connection_orders.front();
    std::optional<std::string> user;  // only this one's
    std::size_t limit = default_rows;
};

struct rooms_question {
    const order<room_row>* by = &room_orders.front();
    std::size_t limit = default_rows;
};

// sort, user, limit
model::result<connections_question> connections_from_query(model::query_parameters parameters);
// sort, limit
model::result<rooms_question> rooms_from_query(model::query_parameters parameters);

}  // namespace gim::inspect
