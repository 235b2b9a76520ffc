#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gim::storage {

// What Redis does for us in one step each: the files of src/storage/lua, by their names. Each says
// in its head what it is given and what it returns.
enum class redis_script : std::size_t {
    append,
    claim_number,
    dismiss,
    history,
    join,
    leave,
    list_room,
    put_user,
    register_room,
    renew_epoch,
    renew_node,
    touch,
    end
};

inline constexpr std::size_t redis_script_count = static_cast<std::size_t>(redis_script::end);

// CMake writes the definition from redis_scripts.cpp.in.
extern const std::array<std::string_view, redis_script_count> redis_script_texts;

}  // namespace gim::storage
