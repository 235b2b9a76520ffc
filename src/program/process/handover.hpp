#pragma once

#include <chrono>
#include <string_view>

// What a process and the one that replaces it say to each other, over a socket (GIM_PREDECESSOR).
// The new one says bytes, the old one answers lines.
namespace gim::program::handover {

inline constexpr char serves = '+';        // the end
inline constexpr char wants_memory = 'm';  // once, at most; it is answered by one of:

inline constexpr std::string_view none = "none";      // this process keeps no snapshots
inline constexpr std::string_view failed = "failed";  // this process goes on
inline constexpr std::string_view at = "at ";         // and the path of a snapshot

// How long the answer may take: requests come to their end, and the snapshot is written.
inline constexpr std::chrono::minutes answer_timeout{5};

}  // namespace gim::program::handover
