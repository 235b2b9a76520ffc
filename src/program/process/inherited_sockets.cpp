#include "program/process/inherited_sockets.hpp"

#include "program/whole_number.hpp"

#include <fcntl.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace gim::program {

namespace {

constexpr int most_fds = 1024;

// Not below zero.
std::optional<int> number(std::string_view text) {
    const auto n = whole_number<int>(text);
    return n && *n >= 0 ? n : std::nullopt;
}

// Of the process that this one replaces, if it is our parent.
std::optional<int> fd_of_predecessor(const char* text) {
    const std::string_view whole(text);
    const auto colon = whole.find(':');
    if (colon == std::string_view::npos || number(whole.substr(0, colon)) != ::getppid()) {
        return std::nullopt;
    }
    return number(whole.substr(colon + 1));
}

}  // namespace

inherited_sockets::inherited_sockets(const environment& get) {
    const auto* predecessor = get(predecessor_variable);
    if (predecessor != nullptr) {
        if (const auto fd = fd_of_predecessor(predecessor)) {
            predecessor_.reset(*fd);
            ::fcntl(*fd, F_SETFD, FD_CLOEXEC);
        }
    }
    const auto* whose = get("LISTEN_PID");
    const bool is_ours = whose != nullptr && number(whose) == ::getpid();
    const auto* count_text = get("LISTEN_FDS");
    if (count_text == nullptr || (!is_ours && !predecessor_)) {
        return;
    }
    const auto count = number(count_text);
    if (!count || *count > most_fds) {
        throw std::runtime_error(std::string("LISTEN_FDS is no number of sockets: ") + count_text);
    }
    const auto* names = get("LISTEN_FDNAMES");
    std::istringstream each(names == nullptr ? "" : names);
    for (int i = 0; i < *count; ++i) {
        const int fd = first_fd + i;
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        std::string name;
        std::getline(each, name, ':');
        if (name != "gateway" && name != "api") {
            throw std::runtime_error(
                "an inherited socket is called \"" + name +
                "\"; FileDescriptorName= of the socket unit must be gateway or api"
            );
        }
        by_door_[name].emplace_back(fd);
    }
}

std::vector<net::unique_fd> inherited_sockets::take(std::string_view door) {
    const auto found = by_door_.find(door);
    return found == by_door_.end() ? std::vector<net::unique_fd>() : std::move(found->second);
}

}  // namespace gim::program
