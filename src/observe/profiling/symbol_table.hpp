#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gim::profiling {

// The names of this process's functions by their addresses: those of the program, static ones
// too, out of its file; those of libraries by the loader.
//
// Problem: what the loader knows of the program is next to nothing. Reading its file takes some
// 10 ms, so that is done once.
class symbol_table {
public:
    symbol_table();  // empty if the program's file cannot be read, or was stripped

    // As the linker calls it, mangled; empty: nobody knows.
    std::string name_of(std::uintptr_t address) const;

    // "0x401000+0x402000" -> "0x401000\tname\n0x402000\tname\n", as pprof wants it. What is no
    // address is left out, and one that has no name is called by itself.
    std::string names_of(std::string_view addresses) const;

private:
    struct function {
        std::uintptr_t begin;
        std::uintptr_t size;
        std::string name;
    };
    void read_program();

    std::vector<function> functions_;  // by address
};

}  // namespace gim::profiling
