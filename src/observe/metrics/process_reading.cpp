#include "observe/metrics/process_reading.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gim::metrics {

namespace {

std::string text_of(const char* file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

// When the machine began, in seconds since 1970.
double read_boot_time() {
    std::istringstream words(text_of("/proc/stat"));
    std::string word;
    while (words >> word) {
        double seconds = 0;
        if (word == "btime" && words >> seconds) {
            return seconds;
        }
    }
    return 0;
}

std::uint64_t count_descriptors() {
    struct stat folder {};
    if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0) {
        return static_cast<std::uint64_t>(folder.st_size);  // since Linux 6.2
    }
    std::uint64_t open = 0;
    std::error_code failed;
    std::filesystem::directory_iterator at("/proc/self/fd", failed);
    while (!failed && at != std::filesystem::directory_iterator()) {
        ++open;
        at.increment(failed);
    }
    return open > 0 ? open - 1 : 0;  // one is that of looking
}

}  // namespace

process_reading
read_stat(const std::string& stat, double ticks_a_second, double page_bytes, double boot_seconds) {
    process_reading r;
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos) {
        return r;
    }
    // proc(5); the first field behind the name is 3.
    std::istringstream fields(stat.substr(name_end + 1));
    std::string field;
    double ticks = 0;
    for (int i = 3; i <= 24 && fields >> field; ++i) {
        std::istringstream number(field);
        double value = 0;
        number >> value;
        switch (i) {
            case 14:  // utime
            case 15:  // stime
                ticks += value;
                break;
            case 20:
                r.threads = static_cast<std::uint64_t>(value);
                break;
            case 22:
                r.start_time_seconds = boot_seconds + value / ticks_a_second;
                break;
            case 23:
                r.virtual_bytes = static_cast<std::uint64_t>(value);
                break;
            case 24:
                r.resident_bytes = static_cast<std::uint64_t>(value * page_bytes);
                break;
            default:
                break;
        }
    }
    r.cpu_seconds = ticks / ticks_a_second;
    return r;
}

process_reading read_process_briefly() {
    static const auto ticks_a_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
    static const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
    static const double boot_seconds = read_boot_time();
    return read_stat(text_of("/proc/self/stat"), ticks_a_second, page_bytes, boot_seconds);
}

process_reading read_process() {
    auto r = read_process_briefly();
    r.open_fds = count_descriptors();
    rlimit most{};
    if (::getrlimit(RLIMIT_NOFILE, &most) == 0) {
        r.max_fds = most.rlim_cur;
    }
    return r;
}

}  // namespace gim::metrics
