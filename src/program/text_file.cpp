#include "program/text_file.hpp"

#include "base/byte_order_mark.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>

namespace gim::program {

model::result<std::string> read_text_file(const std::string& path) {
    constexpr std::streamsize max_bytes = 1024 * 1024;
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, ignored)) {
        return model::bad_request("cannot be read");
    }
    std::string text(static_cast<std::size_t>(max_bytes) + 1, '\0');
    file.read(text.data(), max_bytes + 1);
    if (file.gcount() > max_bytes) {
        return model::bad_request("must have 1 MiB at most");
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return std::string(base::without_byte_order_mark(text));
}

}  // namespace gim::program
