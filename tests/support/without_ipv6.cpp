// without_ipv6 PROGRAM [ARGUMENT...]: runs the program as on a machine whose kernel has no IPv6.
#include "support/ipv6.hpp"

#include <cstdio>
#include <unistd.h>

int main(int, char** arguments) {
    if (!gim::test::take_ipv6_away()) {
        std::perror("without_ipv6: the kernel takes no filter of system calls");
        return 126;
    }
    ::execvp(arguments[1], arguments + 1);
    std::perror(arguments[1]);
    return 127;
}
