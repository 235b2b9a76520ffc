#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gim::load {

// What others measure of a Redis: the program redis-benchmark, run beside our own load.
class redis_benchmark {
public:
    // Whoever may use these cores.
    redis_benchmark(std::uint16_t port, std::vector<std::size_t> cores);

    // Whether the programs that it needs are in PATH.
    bool is_installed() const { return !cli_.empty() && !benchmark_.empty(); }

    // Gives Redis a script, and returns the name by which EVALSHA knows it.
    // Each throws std::runtime_error with one line if the program fails. REQUIRES: is_installed().
    std::string load_script(const std::string& text) const;
    // How many of this command Redis does a second, with 32 under way on each of two connections.
    // In its arguments __rand_int__ is another number each time.
    double commands_per_second(const std::vector<std::string>& command) const;

private:
    std::string output_of(const std::string& program, std::vector<std::string> arguments) const;

    const std::string port_;
    const std::vector<std::size_t> cores_;
    const std::string cli_;
    const std::string benchmark_;
};

// The rate in what `redis-benchmark -q` writes.
std::optional<double> rate_in(const std::string& output);

}  // namespace gim::load
