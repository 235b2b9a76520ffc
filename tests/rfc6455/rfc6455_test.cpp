#include "rfc6455/wire_case.hpp"
#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

// RFC 6455 asked of the production connection, case by case, with the numbers of Autobahn's test
// suite. An answer counts only if it is the whole answer: every frame, in order, then the end.

using namespace gim::test;
using namespace std::chrono_literals;

namespace {

gim::gateway::gateway_options roomy() {
    gim::gateway::gateway_options o;
    o.message_bytes = o.login_message_bytes = gim::gateway::gateway_options::max_message_bytes;
    o.outbox.hard_bytes = 4 * o.message_bytes;  // for an echo of the longest
    o.outbox.soft_bytes = 0;
    o.outbox_age = {};
    // No deadline takes part in an answer, however slow the machine.
    o.login_timeout = o.message_timeout = o.close_timeout = o.upgrade_timeout = patience;
    return o;
}

std::string line_of(const server_frame& f) {
    // FIN and no reserved bit; nothing that a server sends here is in fragments.
    if (f.flags != 0x8) {
        return "flags " + std::to_string(f.flags);
    }
    switch (f.opcode) {
        case 1:
            return text_line(f.payload);
        case 2:
            return binary_line(f.payload);
        case 8:
            return close_line(f.close_code());
        case 10:
            return pong_line(f.payload);
        default:
            return line("opcode " + std::to_string(f.opcode), f.payload);
    }
}

void send_in_pieces(raw_client& client, std::string_view bytes, std::size_t piece) {
    while (!bytes.empty()) {
        const auto n = std::min(piece, bytes.size());
        client.send(bytes.substr(0, n));
        bytes.remove_prefix(n);
    }
}

std::string joined(const lines& frames) {
    std::string all;
    for (const auto& frame : frames) {
        all += frame;
    }
    return all;
}

// What comes back until the end, when `send` has sent the case on a new connection.
template <class Send>
lines answers_to(running_gateway& g, Send send) {
    raw_client client(g);
    if (!client.upgrade().starts_with("HTTP/1.1 101")) {
        return {"no upgrade"};
    }
    lines seen;
    send(client, seen);
    while (const auto f = client.read()) {
        seen.push_back(line_of(*f));
    }
    if (client.leftover() > 0) {
        seen.push_back("half a frame");
    }
    return seen;
}

void check(running_gateway& g, const wire_case& c) {
    CAPTURE(c.number);
    const auto all = joined(c.frames);
    const auto in_pieces = [&](std::size_t piece) {
        return answers_to(g, [&](raw_client& client, lines&) {
            send_in_pieces(client, all, piece);
        });
    };
    if (c.how == pace::answered) {
        const auto seen = answers_to(g, [&](raw_client& client, lines& come) {
            for (const auto& frame : c.frames) {
                client.send(frame);
                const auto f = client.read();
                come.push_back(f ? line_of(*f) : "the end");
            }
        });
        CHECK(seen == c.answers);
    } else if (c.chop > 0) {
        CHECK(in_pieces(c.chop) == c.answers);
    } else {
        CHECK(in_pieces(all.size()) == c.answers);
        CHECK(in_pieces(all.size() < 4096 ? 1 : 997) == c.answers);
        const auto by_frame = answers_to(g, [&](raw_client& client, lines&) {
            for (const auto& frame : c.frames) {
                client.send(frame);
            }
        });
        CHECK(by_frame == c.answers);
    }
}

void check_all(const wire_cases& cases) {
    running_gateway g(roomy());
    for (const auto& c : cases) {
        check(g, c);
    }
    CHECK(g.has_connections(0));
}

// Made once: some cases are megabytes.
const std::map<std::string, wire_cases>& list() {
    static const std::map<std::string, wire_cases> all{
        {"1", framing()},
        {"2", pings()},
        {"3", reserved_bits()},
        {"4", opcodes()},
        {"5", fragmentation()},
        {"6", utf8()},
        {"7", closing()},
        {"9", limits()},
        {"10", auto_fragmenting()}};
    return all;
}

}  // namespace

TEST_CASE("RFC 6455, section 1: framing") {
    check_all(list().at("1"));
}
TEST_CASE("RFC 6455, section 2: pings and pongs") {
    check_all(list().at("2"));
}
TEST_CASE("RFC 6455, section 3: reserved bits") {
    check_all(list().at("3"));
}
TEST_CASE("RFC 6455, section 4: opcodes") {
    check_all(list().at("4"));
}
TEST_CASE("RFC 6455, section 5: fragmentation") {
    check_all(list().at("5"));
}
TEST_CASE("RFC 6455, section 6: UTF-8") {
    check_all(list().at("6"));
}
TEST_CASE("RFC 6455, section 7: closing") {
    check_all(list().at("7"));
}
TEST_CASE("RFC 6455, section 9: limits") {
    check_all(list().at("9"));
}
TEST_CASE("RFC 6455, section 10: automatic fragmentation") {
    check_all(list().at("10"));
}

TEST_CASE("the list has 301 cases, each with a number of its own in its section") {
    std::set<std::string> numbers;
    std::size_t count = 0;
    for (const auto& [section, cases] : list()) {
        for (const auto& c : cases) {
            CHECK(c.number.starts_with(section + '.'));
            numbers.insert(c.number);
            ++count;
        }
    }
    CHECK(count == 301);
    CHECK(numbers.size() == count);
}

TEST_CASE("the close codes registered after RFC 6455 are taken, and what never is sent is not") {
    wire_cases all;
    for (const unsigned code : {1012U, 1013U, 1014U, 3001U, 4500U}) {
        all.push_back(
            {std::to_string(code), {client_frame(0x88, close_payload(code))}, {close_line(code)}}
        );
    }
    for (const unsigned code : {1U, 1015U, 1017U, 1999U}) {
        all.push_back(bad(std::to_string(code), {client_frame(0x88, close_payload(code))}, 1002));
    }
    check_all(all);
}

TEST_CASE("with no limit on its frames, a message of 1 MiB in fragments of 16 bytes is read") {
    auto o = roomy();
    o.message_frames = 65536;
    running_gateway g(o);
    const std::string payload(1024 * 1024, '*');
    for (const std::size_t fragment : {16U, 64U, 1024U}) {
        lines frames;
        for (std::size_t at = 0; at < payload.size(); at += fragment) {
            const unsigned fin = at + fragment >= payload.size() ? 0x80 : 0;
            frames.push_back(client_frame(
                (at == 0 ? 1U : 0U) | fin, std::string_view(payload).substr(at, fragment)
            ));
        }
        auto c = good(std::to_string(fragment), frames, {text_line(payload)});
        c.chop = 64 * 1024;
        check(g, c);
    }
}
