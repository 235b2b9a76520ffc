#include "tools/load/redis_benchmark.hpp"

#include "tools/load/child_process.hpp"
#include "tools/load/interrupt.hpp"

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_run = 120s;
constexpr auto poll_step = 5ms;
// About a second of Redis.
constexpr auto commands = "50000";

std::string without_end_of_line(std::string text) {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.pop_back();
    }
    return text;
}

}  // namespace

redis_benchmark::redis_benchmark(std::uint16_t port, std::vector<std::size_t> cores)
    : port_(std::to_string(port)),
      cores_(std::move(cores)),
      cli_(find_program("redis-cli")),
      benchmark_(find_program("redis-benchmark")) {}

std::string redis_benchmark::load_script(const std::string& text) const {
    auto name =
        without_end_of_line(output_of(cli_, {"redis-cli", "-p", port_, "SCRIPT", "LOAD", text}));
    if (name.find_first_not_of("0123456789abcdef") != std::string::npos) {
        throw std::runtime_error("redis-cli: " + name);
    }
    return name;
}

double redis_benchmark::commands_per_second(const std::vector<std::string>& command) const {
    std::vector<std::string> arguments = {
        "redis-benchmark",
        "-p",
        port_,
        "-n",
        commands,
        "-c",
        "2",
        "-P",
        "32",
        "-r",
        "1000000000",
        "-q"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const auto rate = rate_in(output_of(benchmark_, std::move(arguments)));
    if (!rate) {
        throw std::runtime_error("redis-benchmark says no rate of " + command.front());
    }
    return *rate;
}

std::string
redis_benchmark::output_of(const std::string& program, std::vector<std::string> arguments) const {
    child_process process(program, arguments, cores_);
    const auto deadline = std::chrono::steady_clock::now() + longest_run;
    for (;;) {
        const auto code = process.exit_code();
        if (code == 0) {
            return process.said();
        }
        if (code || std::chrono::steady_clock::now() > deadline) {
            const auto said = without_end_of_line(process.said());
            throw std::runtime_error(
                arguments.front() + " fails: " + said.substr(said.find_last_of("\r\n") + 1)
            );
        }
        throw_if_interrupted();
        std::this_thread::sleep_for(poll_step);
    }
}

std::optional<double> rate_in(const std::string& output) {
    const auto end = output.rfind(" requests per second");
    if (end == std::string::npos) {
        return std::nullopt;
    }
    const auto begin = output.find_last_of(" :\r\n", end - 1) + 1;
    double rate = 0;
    const char* const last = output.data() + end;
    const auto [stop, wrong] = std::from_chars(output.data() + begin, last, rate);
    return wrong == std::errc{} && stop == last ? std::optional(rate) : std::nullopt;
}

}  // namespace gim::load
