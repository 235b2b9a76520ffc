#include "observe/profiling/command_line.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace gim::profiling {

std::string command_line(std::string_view program, std::string_view raw) {
    std::string text(program);
    text += '\n';
    raw.remove_prefix(raw.find('\0') == std::string_view::npos ? raw.size() : raw.find('\0') + 1);
    while (!raw.empty()) {
        const auto word = raw.substr(0, raw.find('\0'));
        raw.remove_prefix(word.size() < raw.size() ? word.size() + 1 : raw.size());
        if (word.starts_with("--")) {
            text.append(word.substr(0, word.find('='))).append("\n");
        }
    }
    return text;
}

std::string command_line() {
    std::error_code ec;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ec);
    std::ifstream in("/proc/self/cmdline", std::ios::binary);
    const std::string raw{std::istreambuf_iterator<char>(in), {}};
    return command_line(program.string(), raw);
}

}  // namespace gim::profiling
