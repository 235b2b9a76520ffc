#include "tools/load/process_stats.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace gim::load {

namespace {

using std::chrono::nanoseconds;

std::string file_of(pid_t pid, std::string_view name) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/" + std::string(name));
    return {std::istreambuf_iterator<char>(in), {}};
}

nanoseconds of_ticks(std::uint64_t ticks) {
    static const auto ticks_a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return nanoseconds(ticks * (1'000'000'000 / ticks_a_second));
}

// What all threads have run, in nanoseconds; 0 if the kernel does not say.
nanoseconds run_time(pid_t pid) {
    nanoseconds total{0};
    std::error_code gone;
    const auto folder = "/proc/" + std::to_string(pid) + "/task";
    for (const auto& thread : std::filesystem::directory_iterator(folder, gone)) {
        std::ifstream in(thread.path() / "schedstat");
        std::int64_t ns = 0;
        if (in >> ns) {
            total += nanoseconds(ns);
        }
    }
    return total;
}

std::string cpu_model() {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("model name")) {
            return line.substr(std::min(line.size(), line.find(':') + 2));
        }
    }
    return "unknown";
}

std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &utc);
    return text;
}

}  // namespace

cpu_reading read_cpu(pid_t pid) {
    const std::string stat = file_of(pid, "stat");
    // The name of the program stands in brackets and may hold anything; behind it come numbers.
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) {
        return {};
    }
    std::istringstream rest(stat.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field <= 13; ++field) {  // proc(5): utime is field 14
        rest >> skipped;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    rest >> user >> system;
    return {run_time(pid), of_ticks(user), of_ticks(system)};
}

cpu_time between(const cpu_reading& earlier, const cpu_reading& later) {
    const cpu_time ticks{later.user - earlier.user, later.system - earlier.system};
    const nanoseconds run = later.run - earlier.run;
    if (run.count() <= 0) {
        return ticks;
    }
    const auto total = static_cast<double>(ticks.total().count());
    const double user_part = total > 0 ? static_cast<double>(ticks.user.count()) / total : 0.0;
    const nanoseconds user(static_cast<std::int64_t>(static_cast<double>(run.count()) * user_part));
    return {user, run - user};
}

std::uint64_t resident_bytes(pid_t pid) {
    // Exact, where statm may be some pages a thread behind.
    std::istringstream lines(file_of(pid, "smaps_rollup"));
    for (std::string line; std::getline(lines, line);) {
        std::uint64_t kilobytes = 0;
        if (std::sscanf(line.c_str(), "Rss: %" SCNu64, &kilobytes) == 1) {
            return kilobytes * 1024;
        }
    }
    std::istringstream pages(file_of(pid, "statm"));
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    pages >> size >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

machine this_machine() {
    utsname system{};
    ::uname(&system);
    machine m;
    m.cpu = cpu_model();
    m.cores = std::thread::hardware_concurrency();
    m.kernel = std::string(system.sysname) + ' ' + system.release + ' ' + system.machine;
    m.build = GIM_BUILD;
    m.when = time_now();
    return m;
}

}  // namespace gim::load
