#include "observe/profiling/symbol_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <link.h>

namespace gim::profiling {

namespace {

// Where the program is; a position-independent one is somewhere else each time.
std::uintptr_t base_of_program() {
    std::uintptr_t base = 0;
    ::dl_iterate_phdr(
        [](dl_phdr_info* first, std::size_t, void* to) {
            *static_cast<std::uintptr_t*>(to) = first->dlpi_addr;
            return 1;  // no more
        },
        &base
    );
    return base;
}

// Empty if it cannot be read.
std::string contents_of(const char* path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    const auto size = in.tellg();
    std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    in.seekg(0);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return in ? bytes : std::string();
}

// The structure at that place of a file; all 0 beyond its end.
template <class T>
T read_at(const std::string& file, std::size_t at) {
    T t{};
    if (at <= file.size() && sizeof(T) <= file.size() - at) {
        std::memcpy(&t, file.data() + at, sizeof(T));
    }
    return t;
}

std::string text_at(const std::string& file, std::size_t at) {
    if (at >= file.size()) {
        return {};
    }
    const auto end = file.find('\0', at);
    return file.substr(at, end == std::string::npos ? end : end - at);
}

}  // namespace

symbol_table::symbol_table() {
    read_program();
    std::ranges::sort(functions_, {}, &function::begin);
}

// elf(5)
void symbol_table::read_program() {
    const auto file = contents_of("/proc/self/exe");
    const auto header = read_at<Elf64_Ehdr>(file, 0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64) {
        return;
    }
    const auto base = base_of_program();
    for (std::size_t s = 0; s < header.e_shnum; ++s) {
        const auto section = read_at<Elf64_Shdr>(file, header.e_shoff + s * sizeof(Elf64_Shdr));
        if (section.sh_type != SHT_SYMTAB) {
            continue;
        }
        const auto names =
            read_at<Elf64_Shdr>(file, header.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
        const auto end = std::min<std::size_t>(section.sh_offset + section.sh_size, file.size());
        for (std::size_t at = section.sh_offset; at < end; at += sizeof(Elf64_Sym)) {
            const auto symbol = read_at<Elf64_Sym>(file, at);
            if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF) {
                functions_.push_back(
                    {base + symbol.st_value,
                     symbol.st_size,
                     text_at(file, names.sh_offset + symbol.st_name)}
                );
            }
        }
    }
}

std::string symbol_table::name_of(std::uintptr_t address) const {
    const auto behind = std::ranges::upper_bound(functions_, address, {}, &function::begin);
    if (behind != functions_.begin()) {
        const auto& f = *(behind - 1);
        if (address - f.begin < std::max<std::uintptr_t>(f.size, 1)) {
            return f.name;
        }
    }
    Dl_info found{};
    if (::dladdr(reinterpret_cast<const void*>(address), &found) != 0 &&
        found.dli_sname != nullptr) {
        return found.dli_sname;
    }
    return {};
}

std::string symbol_table::names_of(std::string_view addresses) const {
    std::string text;
    while (!addresses.empty()) {
        const auto word = addresses.substr(0, addresses.find('+'));
        addresses.remove_prefix(std::min(word.size() + 1, addresses.size()));
        const auto digits = word.starts_with("0x") ? word.substr(2) : word;
        std::uintptr_t address = 0;
        const auto* const end = digits.data() + digits.size();
        const auto [stopped, problem] = std::from_chars(digits.data(), end, address, 16);
        if (problem != std::errc() || stopped != end) {
            continue;
        }
        const auto name = name_of(address);
        text.append(word).append("\t").append(name.empty() ? word : name).append("\n");
    }
    return text;
}

}  // namespace gim::profiling
