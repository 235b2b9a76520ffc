#include "gim/snapshot/snapshot_file.hpp"

#include "support/own_folder.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using gim::cmd::snapshot_file;
using gim::test::content_of;
using gim::test::own_folder;
using gim::test::write_file;
using names = std::set<std::string>;

namespace {

void replace(const snapshot_file& file, const std::string& content) {
    file.replace([&](const auto& to) {
        // In pieces, as blocks come.
        for (std::size_t i = 0; i < content.size(); i += 4) {
            to(std::string_view(content).substr(i, 4));
        }
    });
}

// Runs `body` in a child that is killed before its n-th change on the disk; false: it made fewer.
bool is_killed_before(
    int n,
    const std::string& path,
    const std::function<void(const snapshot_file&)>& body
) {
    const auto child = ::fork();
    if (child == 0) {
        const snapshot_file file(path, [&] {
            if (n-- == 0) {
                ::kill(::getpid(), SIGKILL);
            }
        });
        body(file);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFSIGNALED(status)) {
        CHECK(WTERMSIG(status) == SIGKILL);
        return true;
    }
    CHECK(WEXITSTATUS(status) == 0);
    return false;
}

template <class F>
std::string problem_of(F f) {
    try {
        f();
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return "";
}

}  // namespace

TEST_CASE("whenever the writer is killed, the path names the old file or the new one, whole") {
    const own_folder folder;
    const auto path = folder / "memory";
    int n = 0;
    int old_ones = 0;
    for (bool goes_on = true; goes_on; ++n) {
        CAPTURE(n);
        write_file(path, "the old one");
        goes_on =
            is_killed_before(n, path, [](const auto& file) { replace(file, "the new one!"); });
        const auto found = content_of(path);
        CHECK((found == "the old one" || found == "the new one!"));
        old_ones += found == "the old one" ? 1 : 0;
        if (!goes_on) {
            CHECK(found == "the new one!");
        }
    }
    CHECK(n == 9);  // unlink, open, three writes, fsync, rename, fsync of the folder, and none
    CHECK(old_ones == 7);  // up to the rename
    CHECK(folder.names() == names{"memory"});
}

TEST_CASE("whenever the first writer is killed, there is no file or a whole one") {
    const own_folder folder;
    const auto path = folder / "memory";
    for (int n = 0;; ++n) {
        CAPTURE(n);
        ::unlink(path.c_str());
        const bool goes_on =
            is_killed_before(n, path, [](const auto& file) { replace(file, "new"); });
        CHECK((!folder.names().contains("memory") || content_of(path) == "new"));
        if (!goes_on) {
            break;
        }
    }
}

TEST_CASE("whenever a process is killed while it sets its file aside, one of the names is left") {
    const own_folder folder;
    const auto path = folder / "memory";
    for (int n = 0;; ++n) {
        CAPTURE(n);
        write_file(path, "it");
        ::unlink((path + ".read").c_str());
        const bool goes_on =
            is_killed_before(n, path, [](const auto& f) { f.set_aside_as_read(); });
        CHECK(folder.names().size() == 1);
        CHECK(content_of(*folder.names().begin() == "memory" ? path : path + ".read") == "it");
        if (!goes_on) {
            CHECK(folder.names() == names{"memory.read"});
            break;
        }
    }
}

TEST_CASE("a file that cannot be written leaves the old one and nothing beside it") {
    const own_folder folder;
    const auto path = folder / "memory";
    write_file(path, "old");
    const snapshot_file file(path);
    CHECK_THROWS_AS(
        file.replace([](const auto& to) {
            to("new");
            throw std::logic_error("no more");
        }),
        std::logic_error
    );
    CHECK(content_of(path) == "old");
    CHECK(folder.names() == names{"memory"});

    // As on a full disk.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 6;
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto problem = problem_of([&] { replace(file, "a new one that is longer"); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    CHECK(problem == "--snapshot: cannot write " + path + ".new: File too large");
    CHECK(content_of(path) == "old");
    CHECK(folder.names() == names{"memory"});
}

TEST_CASE("a file is its owner's only, and what lay in the way is replaced, not followed") {
    const own_folder folder;
    const auto path = folder / "memory";
    write_file(folder / "other", "somebody's");
    REQUIRE(::symlink((folder / "other").c_str(), (path + ".new").c_str()) == 0);
    replace(snapshot_file(path), "mine");
    CHECK(content_of(path) == "mine");
    CHECK(content_of(folder / "other") == "somebody's");
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
}

TEST_CASE("a folder that is not there, or is none, is found before anything is written") {
    const own_folder folder;
    snapshot_file(folder / "memory").check_folder();
    snapshot_file("memory").check_folder();
    write_file(folder / "file", "");
    CHECK(
        problem_of([&] { snapshot_file(folder / "no/memory").check_folder(); }) ==
        "--snapshot: cannot write into the folder " + (folder / "no") +
            ": No such file or directory"
    );
    CHECK(problem_of([&] { snapshot_file(folder / "file/memory").check_folder(); }
    ).ends_with("file: Not a directory"));
    CHECK(problem_of([&] { replace(snapshot_file(folder / "no/memory"), "x"); }
    ).ends_with("memory.new: No such file or directory"));
}

TEST_CASE("that there is none is no error; that it is no file, or cannot be opened, is one") {
    const own_folder folder;
    CHECK(!snapshot_file(folder / "memory").open());
    CHECK(!snapshot_file(folder / "no/memory").open());
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(problem_of([&] { snapshot_file(folder / "pipe").open(); }
    ).ends_with("is not a regular file"));
    REQUIRE(::symlink("loop", (folder / "loop").c_str()) == 0);
    CHECK(problem_of([&] { snapshot_file(folder / "loop").open(); }
    ).ends_with("loop: Too many levels of symbolic links"));
}

TEST_CASE("it is read from its begin, as often as wanted") {
    const own_folder folder;
    const auto path = folder / "memory";
    write_file(path, "0123456789");
    const auto in = snapshot_file(path).open();
    REQUIRE(in);
    for (int i = 0; i < 2; ++i) {
        const auto source = in->source();
        std::string some(4, '.');
        CHECK(source(some) == 4);
        CHECK(source(some) == 4);
        CHECK(some == "4567");
        CHECK(source(some) == 2);
        CHECK(source(some) == 0);
    }
}

TEST_CASE("a damaged file takes the place of no other one") {
    const own_folder folder;
    const snapshot_file file(folder / "memory");
    for (const auto* name : {"memory.damaged", "memory.damaged.1", "memory.damaged.2"}) {
        write_file(file.path(), name);
        CHECK(file.set_aside_as_damaged() == folder / name);
    }
    CHECK(content_of(folder / "memory.damaged") == "memory.damaged");
    CHECK(content_of(folder / "memory.damaged.1") == "memory.damaged.1");
    CHECK(folder.names() == names{"memory.damaged", "memory.damaged.1", "memory.damaged.2"});
    CHECK(!problem_of([&] { file.set_aside_as_damaged(); }).empty());
}

TEST_CASE("one that is not wanted any more is gone, and its absence is no error") {
    const own_folder folder;
    const snapshot_file file(folder / "memory");
    write_file(file.path(), "x");
    file.remove();
    CHECK(folder.names().empty());
    file.remove();
}
