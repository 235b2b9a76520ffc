// What the kernel alone costs: the least that a WebSocket server can do with epoll and nothing of
// gim. The figures of gim and of its peers are quoted as ratios to this program's, from one run.
//
// A connection to GET /NAME is a member of the room NAME. What it sends goes to all members, itself
// included, as one WebSocket frame that is built once, with one send() a member. A message that
// begins with "@NAME " goes to the room NAME instead: with each user alone in a room, u17, this is
// a private message.
//
//   --batch N         gathers N messages of a room and sends them with one send() a member; what
//                     does not fill a batch goes after 10 ms without input
//   --frame-bytes N   pads frames to N bytes, so that the kernel copies as much as for a server
//                     whose frames carry more than the content
//   --answer-bytes N  answers each message to its sender, with one send() of a frame of N bytes, as
//                     a chat server has to; 0, the default: no answers
//   --port N          on 127.0.0.1; 0, the default, for any: the first line printed names it
//   --cpu N           runs on this core only
//
// What it does not do: wait for slow readers. A socket that does not take a whole batch at once
// ends the program with an error, and so do fragmented messages and those over 60 KiB.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sched.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace {

struct options {
    std::size_t batch = 1;
    std::size_t frame_bytes = 0;
    std::size_t answer_bytes = 0;
    std::uint16_t port = 0;
    int cpu = -1;
};

struct connection;

struct room {
    std::vector<connection*> members;
    std::string batch;         // whole frames
    std::size_t gathered = 0;  // messages in it
    bool is_unfilled = false;  // and so in the server's list
};

struct connection {
    int fd = -1;
    room* of = nullptr;  // null: not upgraded yet
    std::string input;   // what is not a whole head or frame yet
};

constexpr std::size_t max_message = 60 * 1024;
volatile std::sig_atomic_t stopped = 0;

[[noreturn]] void die(const char* what, const char* why = std::strerror(errno)) {
    std::fprintf(stderr, "floor: %s: %s\n", what, why);
    std::exit(1);
}

int checked(int result, const char* what) {
    if (result < 0) {
        die(what);
    }
    return result;
}

// RFC 6455, 4.2.2.
std::string answer_to(std::string_view key) {
    const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<char, 29> base64{};
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest.data(), digest.size());
    return std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
        .append("Connection: Upgrade\r\nSec-WebSocket-Accept: ")
        .append(base64.data())
        .append("\r\n\r\n");
}

class server {
public:
    explicit server(const options& o) : options_(o) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(o.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        set(listener_, SOL_SOCKET, SO_REUSEADDR);
        checked(bind(listener_, generic, size), "bind");
        checked(listen(listener_, 4096), "listen");
        checked(getsockname(listener_, generic, &size), "getsockname");
        std::printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
        std::fflush(stdout);
        watch(listener_, nullptr);
        if (o.answer_bytes > 0) {
            append_frame(1, {}, o.answer_bytes, answer_);
        }
    }

    void run() {
        std::array<epoll_event, 1024> events{};
        while (stopped == 0) {
            const int wait_ms = unfilled_.empty() ? -1 : 10;
            const int n = epoll_wait(epoll_, events.data(), events.size(), wait_ms);
            for (int i = 0; i < n; ++i) {
                auto* const c = static_cast<connection*>(events[static_cast<unsigned>(i)].data.ptr);
                if (c == nullptr) {
                    accept_all();
                } else {
                    read_from(*c);
                }
            }
            if (n == 0) {
                send_unfilled();
            }
        }
        std::printf("%llu messages, %llu sends\n", messages_, sends_);
    }

private:
    static void set(int fd, int level, int option) {
        const int on = 1;
        checked(setsockopt(fd, level, option, &on, sizeof on), "setsockopt");
    }

    void watch(int fd, connection* c) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = c;
        checked(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
    }

    void accept_all() {
        int fd = 0;
        while ((fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
            set(fd, IPPROTO_TCP, TCP_NODELAY);
            watch(fd, new connection{fd, nullptr, {}});
        }
        if (errno != EAGAIN) {
            die("accept");
        }
    }

    void end(connection& c) {
        if (c.of != nullptr) {
            std::erase(c.of->members, &c);
        }
        close(c.fd);
        delete &c;
    }

    void read_from(connection& c) {
        static std::array<char, max_message> buffer;
        const ssize_t n = recv(c.fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            end(c);
            return;
        }
        // Usually whole frames come and nothing is left over, so nothing is copied but a payload.
        std::span<char> rest(buffer.data(), static_cast<std::size_t>(n));
        if (!c.input.empty()) {
            c.input.append(rest.data(), rest.size());
            rest = c.input;
        }
        std::size_t used = 0;
        while ((used = c.of == nullptr ? upgrade(c, rest) : take_frame(c, rest)) > 0) {
            rest = rest.subspan(used);
            if (is_closing_) {
                is_closing_ = false;
                end(c);
                return;
            }
        }
        if (rest.size() > max_message + 8) {
            die("upgrade", "its head does not end");
        }
        std::string left(rest.data(), rest.size());
        c.input.swap(left);
    }

    // Returns how many bytes were taken; 0: more are needed. So does take_frame().
    std::size_t upgrade(connection& c, std::span<const char> bytes) {
        const std::string_view all(bytes.data(), bytes.size());
        const std::size_t end_of_head = all.find("\r\n\r\n");
        if (end_of_head == all.npos) {
            return 0;
        }
        constexpr std::string_view key_name = "\r\nSec-WebSocket-Key: ";
        const std::string_view head = all.substr(0, end_of_head);
        const std::size_t key = head.find(key_name);
        if (!head.starts_with("GET /") || key == head.npos) {
            die("upgrade", "not a request for one");
        }
        c.of = &rooms_[std::string(head.substr(5, head.find(' ', 5) - 5))];
        c.of->members.push_back(&c);
        const std::size_t value = key + key_name.size();
        send_all(c, answer_to(head.substr(value, head.find("\r\n", value) - value)));
        return end_of_head + 4;
    }

    std::size_t take_frame(connection& c, std::span<char> bytes) {
        const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        if (bytes.size() < 2) {
            return 0;
        }
        std::size_t length = at(1) & 0x7F;
        std::size_t head = 2 + 4;
        if (length == 126) {
            head += 2;
            if (bytes.size() < head) {
                return 0;
            }
            length = static_cast<std::size_t>(at(2) << 8 | at(3));
        }
        if ((at(0) & 0x80) == 0 || (at(1) & 0x80) == 0 || length == 127 || length > max_message) {
            die("frame", "fragmented, unmasked or too long");
        }
        if (bytes.size() < head + length) {
            return 0;
        }
        const auto payload = bytes.subspan(head, length);
        for (std::size_t i = 0; i < length; ++i) {
            payload[i] = static_cast<char>(payload[i] ^ bytes[head - 4 + (i & 3)]);
        }
        take_message(c, at(0) & 0x0F, {payload.data(), length});
        return head + length;
    }

    void take_message(connection& c, int opcode, std::string_view text) {
        if (opcode == 8) {
            is_closing_ = true;
            return;
        }
        if (opcode == 9) {
            std::string pong;
            append_frame(10, text, 0, pong);
            send_all(c, pong);
        }
        if (opcode > 2) {
            return;
        }
        room* to = c.of;
        if (text.starts_with('@')) {
            to = &rooms_[std::string(text.substr(1, text.find(' ') - 1))];
        }
        ++messages_;
        append_frame(opcode, text, options_.frame_bytes, to->batch);
        if (++to->gathered >= options_.batch) {
            send_batch(*to);
        } else if (!to->is_unfilled) {
            to->is_unfilled = true;
            unfilled_.push_back(to);
        }
        if (!answer_.empty()) {
            send_all(c, answer_);
        }
    }

    // RFC 6455, 5.2; unmasked, as a server's frames are. Padded to `bytes` if it is shorter.
    static void
    append_frame(int opcode, std::string_view text, std::size_t bytes, std::string& out) {
        const std::size_t head = bytes < 2 + 126 ? 2 : 4;
        const std::size_t length = std::max(text.size(), std::max(bytes, head) - head);
        out += static_cast<char>(0x80 | opcode);
        if (length < 126) {
            out += static_cast<char>(length);
        } else {
            out += {126, static_cast<char>(length >> 8), static_cast<char>(length & 0xFF)};
        }
        out.append(text).append(length - text.size(), ' ');
    }

    void send_unfilled() {
        for (room* r : unfilled_) {
            r->is_unfilled = false;
            if (r->gathered > 0) {
                send_batch(*r);
            }
        }
        unfilled_.clear();
    }

    void send_batch(room& r) {
        for (connection* member : r.members) {
            send_all(*member, r.batch);
        }
        r.batch.clear();
        r.gathered = 0;
    }

    void send_all(const connection& c, std::string_view bytes) {
        ++sends_;
        const ssize_t n = send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        // A peer that is gone is noticed when it is read from.
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            return;
        }
        if (n != static_cast<ssize_t>(bytes.size())) {
            die("send", "a reader is too slow");
        }
    }

    const options options_;
    const int epoll_ = checked(epoll_create1(0), "epoll_create1");
    const int listener_ = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    std::unordered_map<std::string, room> rooms_;
    std::string answer_;           // a whole frame; empty: messages are not answered
    std::vector<room*> unfilled_;  // a batch was begun since the last pause
    bool is_closing_ = false;      // the frame just taken was a close
    unsigned long long messages_ = 0;
    unsigned long long sends_ = 0;
};

options parse(int argc, char** argv) {
    options o;
    for (int i = 1; i < argc; i += 2) {
        const std::string_view name = argv[i];
        char* end = nullptr;
        const unsigned long value = i + 1 < argc ? std::strtoul(argv[i + 1], &end, 10) : 0;
        if (end == nullptr || end == argv[i + 1] || *end != '\0') {
            die(argv[i], "needs a number");
        }
        if (name == "--batch" && value > 0) {
            o.batch = value;
        } else if (name == "--frame-bytes" && value <= max_message) {
            o.frame_bytes = value;
        } else if (name == "--answer-bytes" && value <= max_message) {
            o.answer_bytes = value;
        } else if (name == "--port" && value < 65536) {
            o.port = static_cast<std::uint16_t>(value);
        } else if (name == "--cpu" && value < CPU_SETSIZE) {
            o.cpu = static_cast<int>(value);
        } else {
            die(argv[i], "unknown, or out of range");
        }
    }
    return o;
}

}  // namespace

int main(int argc, char** argv) {
    const options o = parse(argc, argv);
    if (o.cpu >= 0) {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        CPU_SET(static_cast<std::size_t>(o.cpu), &cores);
        checked(sched_setaffinity(0, sizeof cores, &cores), "sched_setaffinity");
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sigaction stop {};
    stop.sa_handler = [](int) { stopped = 1; };
    sigaction(SIGINT, &stop, nullptr);
    sigaction(SIGTERM, &stop, nullptr);
    server(o).run();
}
