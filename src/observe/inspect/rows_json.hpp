#pragma once

#include "observe/inspect/connection_row.hpp"
#include "observe/inspect/room_row.hpp"
#include "observe/inspect/worker_row.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace gim::inspect {

// Each gives one JSON object: how many there are in all, and the rows as `items`.
std::string to_json(std::uint64_t total, const std::vector<connection_row>& rows);
std::string to_json(std::uint64_t total, const std::vector<room_row>& rows);
// The process, and its workers as `items`.
std::string to_json(const process_rows& all);

}  // namespace gim::inspect
