#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace gim::test {

// A file with that text, gone at the end.
class temporary_file {
public:
    explicit temporary_file(std::string_view text) {
        const int created = ::mkstemp(path_.data());
        if (created < 0) {
            throw std::runtime_error("no file of its own for this test");
        }
        ::close(created);
        write(text);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::filesystem::remove(path_); }

    const char* path() const noexcept { return path_.c_str(); }
    void write(std::string_view text) { std::ofstream(path_) << text; }

private:
    std::string path_ = (std::filesystem::temp_directory_path() / "gim-test-XXXXXX").string();
};

}  // namespace gim::test
