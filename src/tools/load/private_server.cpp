#include "tools/load/private_server.hpp"

#include "tools/load/interrupt.hpp"

#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto start_timeout = 20s;
constexpr auto poll_step = 5ms;

// The address behind "<door> listening on ", or nothing.
std::string address_in(const std::string& log, const std::string& door) {
    const std::string begin = door + " listening on ";
    const std::size_t at = log.find(begin);
    const std::size_t end = at == std::string::npos ? at : log.find('\n', at);
    return end == std::string::npos ? "" : log.substr(at + begin.size(), end - at - begin.size());
}

}  // namespace

private_server::private_server(
    std::size_t workers,
    const std::vector<std::string>& flags,
    const std::vector<std::size_t>& cores
) {
    std::vector<std::string> arguments = {
        "gim",
        "serve",
        "--gateway-address=127.0.0.1:0",
        "--api-address=127.0.0.1:0",
        "--gateway-worker=" + std::to_string(workers),
        "--enable-message-sequence",
        "--message-push-count=1",
        "--max-connections=0",
        "--max-connections-per-address=0",
        "--max-handshakes=0",
        "--max-requests=0",
        "--max-rooms-per-user=0",
        "--max-room-members=0",
        "--max-sends-per-user=0",
        "--log-level=warn"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    for (const std::string& argument : arguments) {
        command_ += (command_.empty() ? "" : " ") + argument;
    }
    process_.emplace("/proc/self/exe", arguments, cores);
    wait_for_addresses();
}

void private_server::wait_for_addresses() {
    const auto deadline = std::chrono::steady_clock::now() + start_timeout;
    for (;;) {
        const bool has_ended = process_->exit_code().has_value();
        const std::string log = process_->said();
        const std::string gateway_at = address_in(log, "gateway");
        const std::string api_at = address_in(log, "api");
        if (!gateway_at.empty() && !api_at.empty()) {
            gateway_ = client::resolve("ws", "ws://" + gateway_at);
            api_ = client::resolve("http", "http://" + api_at);
            return;
        }
        if (has_ended || std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error(
                "the private server does not start: " + log.substr(0, log.find('\n'))
            );
        }
        throw_if_interrupted();
        std::this_thread::sleep_for(poll_step);
    }
}

std::string private_server::complaints() const {
    std::istringstream lines(process_->said());
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        if (line.find(" listening on ") == std::string::npos) {
            out += line + '\n';
        }
    }
    return out;
}

}  // namespace gim::load
