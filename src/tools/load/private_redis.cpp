#include "tools/load/private_redis.hpp"

#include "tools/client/endpoint.hpp"
#include "tools/load/interrupt.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto start_timeout = 20s;
constexpr auto poll_step = 5ms;
constexpr int tries = 5;

// Redis does not choose one itself. Free now: by the time it listens another may have taken it.
std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool is_known =
        socket >= 0 && ::bind(socket, any, length) == 0 && ::getsockname(socket, any, &length) == 0;
    const int why = errno;
    if (socket >= 0) {
        ::close(socket);
    }
    if (!is_known) {
        throw std::system_error(why, std::generic_category(), "no free port for redis-server");
    }
    return ntohs(address.sin_port);
}

std::string new_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "gim-bench-redis-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    return name;
}

void remove_folder(const std::string& folder) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::string last_line(std::string text) {
    while (text.ends_with('\n')) {
        text.pop_back();
    }
    return text.substr(text.rfind('\n') + 1);
}

}  // namespace

private_redis::private_redis(const std::vector<std::size_t>& cores) {
    const std::string program = find_program("redis-server");
    if (program.empty()) {
        throw std::runtime_error(
            "--storage redis needs the program redis-server in PATH (package redis-server)"
        );
    }
    folder_ = new_folder();
    try {
        for (int left = tries; !start(program, cores); --left) {
            if (left == 1) {
                throw std::runtime_error(
                    "redis-server does not start: " + last_line(process_->said())
                );
            }
        }
    } catch (...) {
        process_.reset();
        remove_folder(folder_);
        throw;
    }
}

bool private_redis::start(const std::string& program, const std::vector<std::size_t>& cores) {
    port_ = free_port();
    const std::vector<std::string> arguments = {
        "redis-server",
        "--bind",
        "127.0.0.1",
        "--port",
        std::to_string(port_),
        "--dir",
        folder_,
        "--save",
        "",
        "--appendonly",
        "no"};
    process_.emplace(program, arguments, cores);
    const auto deadline = std::chrono::steady_clock::now() + start_timeout;
    for (;;) {
        const bool has_ended = process_->exit_code().has_value();
        const std::string log = process_->said();
        if (has_ended) {
            return false;
        }
        if (log.find("Ready to accept connections") != std::string::npos) {
            return true;
        }
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error("redis-server does not start: " + last_line(log));
        }
        throw_if_interrupted();
        std::this_thread::sleep_for(poll_step);
    }
}

private_redis::~private_redis() {
    process_.reset();
    remove_folder(folder_);
}

std::string private_redis::url() const {
    return "redis://127.0.0.1:" + std::to_string(port_) + "/0";
}

}  // namespace gim::load
