#pragma once

#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gim::test {

// Whether this machine has an IPv6 loopback.
inline bool ipv6_is_there() {
    const int socket = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        return false;
    }
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    const auto* const at = reinterpret_cast<const sockaddr*>(&address);
    const bool is_bound = ::bind(socket, at, sizeof address) == 0;
    ::close(socket);
    return is_bound;
}

// From now on the kernel opens no IPv6 socket for this thread, for those it starts and for the
// program it becomes, as if IPv6 were not built in. False where filters of system calls are
// forbidden. Needs no privilege.
inline bool take_ipv6_away() {
    const auto number = static_cast<__u32>(offsetof(seccomp_data, nr));
    const auto family =
        static_cast<__u32>(offsetof(seccomp_data, args));  // the low half: little endian
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, family),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{sizeof code / sizeof *code, code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace gim::test
