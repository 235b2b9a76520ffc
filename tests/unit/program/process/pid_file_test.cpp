#include "program/process/pid_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <unistd.h>

using namespace gim::program;
namespace fs = std::filesystem;

namespace {

class temporary_folder {
public:
    temporary_folder()
        : path_(fs::temp_directory_path() / ("gim-pid-test-" + std::to_string(::getpid()))) {
        fs::create_directory(path_);
    }
    ~temporary_folder() { fs::remove_all(path_); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::string file(const char* name) const { return (path_ / name).string(); }
    auto count() const { return std::distance(fs::directory_iterator(path_), {}); }

private:
    fs::path path_;
};

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string refusal(const std::string& path) {
    try {
        read_pid_file read(path);
        return "read";
    } catch (const std::runtime_error& problem) {
        return problem.what();
    }
}

}  // namespace

TEST_CASE("an end without destructors removes the pid file, and only its own") {
    const temporary_folder folder;
    pid_file own(folder.file("gim.pid"));
    REQUIRE_FALSE(own.claim());
    own.remove();
    CHECK(folder.count() == 0);
    REQUIRE_FALSE(own.claim());
    write(folder.file("gim.pid"), "1\n");
    own.remove();
    CHECK(text_of(folder.file("gim.pid")) == "1\n");
}

TEST_CASE("a pid file names the process from claim() to the end") {
    const temporary_folder folder;
    const auto path = folder.file("gim.pid");
    {
        pid_file own(path);
        CHECK_FALSE(fs::exists(path));
        CHECK_FALSE(own.claim());
        CHECK(text_of(path) == std::to_string(::getpid()) + "\n");
        CHECK(folder.count() == 1);
    }
    CHECK(folder.count() == 0);
}

TEST_CASE("a pid file that names another process stays") {
    const temporary_folder folder;
    const auto path = folder.file("gim.pid");
    write(path, "1\n");
    { const pid_file never_claimed(path); }
    CHECK(text_of(path) == "1\n");
    {
        pid_file own(path);
        CHECK_FALSE(own.claim());
        write(path, "1\n");
    }
    CHECK(text_of(path) == "1\n");
    CHECK(folder.count() == 1);
}

TEST_CASE("where no pid file can be written is said before anything is served") {
    const temporary_folder folder;
    CHECK_THROWS_WITH_AS(
        pid_file(folder.file("missing/gim.pid")),
        doctest::Contains("--pid-file: "),
        std::runtime_error
    );
    pid_file none("");
    CHECK_FALSE(none.claim());
}

TEST_CASE("who reads a pid file sees that it was written again, also by the same process") {
    const temporary_folder folder;
    const auto path = folder.file("gim.pid");
    pid_file own(path);
    CHECK_FALSE(own.claim());
    const read_pid_file read(path);
    CHECK(read.process() == ::getpid());
    CHECK_FALSE(read.newer());

    CHECK_FALSE(own.claim());
    // Another one, and back again.
    CHECK_FALSE(own.claim());
    const auto newer = read.newer();
    REQUIRE(newer);
    CHECK(newer->process() == ::getpid());
    CHECK_FALSE(newer->newer());

    fs::remove(path);
    CHECK_FALSE(read.newer());
}

TEST_CASE("what is no pid file is refused") {
    const temporary_folder folder;
    const auto path = folder.file("gim.pid");
    CHECK(refusal(path).find("No such file") != std::string::npos);
    for (const char* text : {"", "\n", "0\n", "-1\n", "12x\n", "1 2\n", "99999999999999999999\n"}) {
        write(path, text);
        CHECK(refusal(path).find("holds no process id") != std::string::npos);
    }
    CHECK(refusal(folder.file("")).find("holds no process id") != std::string::npos);
    write(path, "42");
    CHECK(read_pid_file(path).process() == 42);
}
