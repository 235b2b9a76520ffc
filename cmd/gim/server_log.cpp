#include "gim/server_log.hpp"

#include "net/unique_fd.hpp"
#include "program/flags/flag.hpp"
#include "program/log/log_format.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace gim::cmd {

namespace {

// Appends, so that two processes may write to one file while the one takes over from the other.
// Neither opening nor writing waits for the reader of a named pipe.
net::unique_fd open_log(const std::string& path) {
    constexpr int how = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    return net::unique_fd(::open(path.c_str(), how, 0640));
}

std::string cannot_open(const std::string& path, int why) {
    return "cannot open " + program::quoted(path) + ": " + std::strerror(why);
}

std::shared_ptr<program::log_sink> make_sink(const std::string& path) {
    if (path.empty()) {
        return std::make_shared<program::log_sink>(STDERR_FILENO);
    }
    auto file = open_log(path);
    if (!file) {
        throw std::runtime_error("--log-file: " + cannot_open(path, errno));
    }
    return std::make_shared<program::log_sink>(std::move(file));
}

}  // namespace

server_log::server_log(const serve_options& options)
    : path_(options.log_file), sink_(make_sink(path_)) {
    auto log = std::make_shared<spdlog::logger>("gim", sink_);
    log->set_formatter(std::make_unique<program::log_format>(options.log_lines));
    log->set_level(spdlog::level::from_str(options.log_level));
    spdlog::set_default_logger(std::move(log));
}

void server_log::reopen() {
    if (path_.empty()) {
        return;
    }
    if (auto file = open_log(path_)) {
        sink_->write_to(std::move(file));
        spdlog::info("log: file opened again");
    } else {
        spdlog::error("log: going on with the old file: {}", cannot_open(path_, errno));
    }
}

void server_log::set_level(const std::string& level) {
    auto& log = *spdlog::default_logger_raw();
    const auto wanted = spdlog::level::from_str(level);
    const auto before = log.level();
    if (wanted == before) {
        return;
    }
    // Said by whichever of the two says more.
    const auto say = [&] { log.info("log: level is {}", level); };
    if (wanted > before) {
        say();
    }
    log.set_level(wanted);
    if (wanted < before) {
        say();
    }
}

std::uint64_t server_log::take_lost() {
    const auto lost = sink_->lost();
    return lost - std::exchange(taken_, lost);
}

}  // namespace gim::cmd
