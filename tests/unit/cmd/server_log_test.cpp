#include "gim/server_log.hpp"

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;
using gim::cmd::server_log;

namespace {

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A folder of its own, and the logger of before in its place again.
struct fixture {
    std::string pattern = (fs::temp_directory_path() / "gim-log-XXXXXX").string();
    fs::path folder = ::mkdtemp(pattern.data());
    fs::path file = folder / "gim.log";
    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();

    fixture() = default;
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;
    ~fixture() {
        spdlog::set_default_logger(before);
        fs::remove_all(folder);
    }

    gim::cmd::serve_options options() const {
        gim::cmd::serve_options out;
        out.log_file = file.string();
        return out;
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "lines are appended to the file") {
    std::ofstream(file) << "of before\n";
    const server_log log(options());
    spdlog::info("one");
    const auto text = text_of(file);
    CHECK(text.starts_with("of before\n"));
    CHECK(text.ends_with(" info one\n"));
}

TEST_CASE_FIXTURE(fixture, "a file that cannot be opened is an error that names it") {
    file = folder / "no" / "such\n.log";
    std::string why;
    try {
        const server_log log(options());
    } catch (const std::runtime_error& e) {
        why = e.what();
    }
    CHECK(why.starts_with("--log-file: cannot open \""));
    CHECK(why.ends_with(": No such file or directory"));
    CHECK(why.find('\n') == std::string::npos);
}

TEST_CASE_FIXTURE(fixture, "a pipe without a reader does not hold up the start") {
    REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
    CHECK_THROWS_AS(const server_log log(options()), const std::runtime_error&);
}

TEST_CASE_FIXTURE(fixture, "no line is lost or torn while files change under those who write") {
    server_log log(options());
    constexpr int writers = 4;
    constexpr int lines = 2000;
    std::atomic<int> running{writers};
    std::atomic<int> rotated{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < writers; ++t) {
        threads.emplace_back([t, &running, &rotated] {
            for (int i = 0; i < lines; ++i) {
                while (i == lines / 2 && rotated == 0) {
                    std::this_thread::yield();
                }
                spdlog::info("line {}-{}.", t, i);
            }
            --running;
        });
    }
    for (; running > 0 && rotated < 500; ++rotated) {
        fs::rename(file, folder / std::to_string(rotated.load()));
        log.reopen();
        std::this_thread::yield();
    }
    for (auto& t : threads) {
        t.join();
    }
    std::multiset<std::string> seen;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
            if (const auto at = line.find(" info line "); at != std::string::npos) {
                CHECK(line.ends_with('.'));
                seen.insert(line.substr(at));
            } else {
                CHECK(line.ends_with(" info log: file opened again"));
            }
        }
    }
    CHECK(rotated > 0);
    CHECK(seen.size() == writers * lines);
    CHECK(std::set(seen.begin(), seen.end()).size() == writers * lines);
    CHECK(log.take_lost() == 0);
}

TEST_CASE_FIXTURE(fixture, "if it cannot be opened again, the old one goes on and says so") {
    file = folder / "deep" / "gim.log";
    fs::create_directory(folder / "deep");
    server_log log(options());
    fs::rename(folder / "deep", folder / "moved");
    log.reopen();
    spdlog::info("still here");
    const auto text = text_of(folder / "moved" / "gim.log");
    CHECK(text.find(" error log: going on with the old file: cannot open ") != std::string::npos);
    CHECK(text.ends_with(" info still here\n"));
}

TEST_CASE_FIXTURE(fixture, "a change of the level is said, unless it is none") {
    server_log log(options());
    log.set_level("info");
    CHECK(text_of(file).empty());
    log.set_level("error");
    spdlog::info("not now");
    log.set_level("debug");
    spdlog::debug("but now");
    const auto text = text_of(file);
    CHECK(text.find("info log: level is error\n") != std::string::npos);
    CHECK(text.find("info log: level is debug\n") != std::string::npos);
    CHECK(text.find("not now") == std::string::npos);
    CHECK(text.ends_with(" debug but now\n"));
}

TEST_CASE_FIXTURE(fixture, "lost lines are given out once") {
    file = "/dev/full";
    server_log log(options());
    spdlog::info("lost");
    spdlog::info("lost");
    CHECK(log.take_lost() == 2);
    CHECK(log.take_lost() == 0);
}
