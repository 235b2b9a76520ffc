#include "tools/client/websocket_frames.hpp"

#include "unit/tools/client/server_bytes.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace gim::client;

namespace {

using message = std::pair<websocket_opcode, std::string>;

struct collector final : websocket_frames::receiver {
    void on_message(websocket_opcode kind, std::string_view payload) override {
        got.emplace_back(kind, payload);
    }
    std::vector<message> got;
};

constexpr auto text = websocket_opcode::text;
constexpr auto binary = websocket_opcode::binary;
constexpr auto ping = websocket_opcode::ping;

}  // namespace

TEST_CASE("messages are found in whatever cut the bytes come") {
    const std::string middle(200, 'm');
    const std::string bytes = text_frame("a") + server_frame(0x82, middle) + text_frame("") +
                              server_frame(0x89, "p") + text_frame("last");
    const std::vector<message> expected = {
        {text, "a"}, {binary, middle}, {text, ""}, {ping, "p"}, {text, "last"}};
    for (const auto& cut : all_cuts(bytes)) {
        websocket_frames frames;
        collector to;
        for (const std::string_view piece : cut) {
            REQUIRE(frames.feed(piece, to).empty());
        }
        REQUIRE(to.got == expected);
    }
}

TEST_CASE("a message is told as soon as its last byte is there") {
    websocket_frames frames;
    collector to;
    const std::string bytes = text_frame("");
    frames.feed(bytes.substr(0, 1), to);
    CHECK(to.got.empty());
    frames.feed(bytes.substr(1), to);
    CHECK(to.got.size() == 1);
}

TEST_CASE("every form of the length is understood") {
    for (const std::size_t length : {0u, 125u, 126u, 65535u, 65536u, 300'000u}) {
        CAPTURE(length);
        const std::string payload(length, 'x');
        const std::string bytes = text_frame(payload);
        websocket_frames frames;
        collector to;
        CHECK(frames.feed(bytes.substr(0, 5), to).empty());
        CHECK(frames.feed(bytes.substr(std::min<std::size_t>(5, bytes.size())), to).empty());
        REQUIRE(to.got.size() == 1);
        CHECK(to.got[0].second == payload);
    }
}

TEST_CASE("fragments are one message, and control frames may come between them") {
    const std::string bytes = server_frame(0x02, "one ") + server_frame(0x89, "?") +
                              server_frame(0x00, "two ") + server_frame(0x80, "three");
    for (const auto& cut : all_cuts(bytes)) {
        websocket_frames frames;
        collector to;
        for (const std::string_view piece : cut) {
            REQUIRE(frames.feed(piece, to).empty());
        }
        REQUIRE(to.got == std::vector<message>{{ping, "?"}, {binary, "one two three"}});
    }
}

TEST_CASE("what no server may send is refused") {
    const std::string masked{'\x81', '\x80', 0, 0, 0, 0};
    const std::string huge = std::string("\x81\x7f") + '\x7f' + std::string(7, '\xff');
    const std::string wrong[] = {
        masked,
        huge,
        server_frame(0xc1, "reserved bit"),
        server_frame(0x80, "goes on with nothing"),
        server_frame(0x01, "begun") + server_frame(0x01, "begun again"),
        server_frame(0x01, "begun") + server_frame(0x81, "whole"),
    };
    for (const std::string& bytes : wrong) {
        websocket_frames frames;
        collector to;
        CHECK_FALSE(frames.feed(bytes, to).empty());
        CHECK(to.got.empty());
    }
}

TEST_CASE("fragments together are bounded") {
    websocket_frames frames;
    collector to;
    const std::string piece(4 * 1024 * 1024, 'x');
    CHECK(frames.feed(server_frame(0x01, piece), to).empty());
    std::string_view wrong;
    for (int i = 0; i < 4 && wrong.empty(); ++i) {
        wrong = frames.feed(server_frame(0x00, piece), to);
    }
    CHECK_FALSE(wrong.empty());
}

TEST_CASE("a client's frame is masked with a key of zero") {
    std::string out = "before";
    append_client_frame(websocket_opcode::text, "hi", out);
    CHECK(out == std::string("before\x81\x82\0\0\0\0hi", 14));
    for (const auto& [length, header] : std::vector<std::pair<std::size_t, std::size_t>>{
             {125, 6}, {126, 8}, {65535, 8}, {65536, 14}}) {
        out.clear();
        append_client_frame(websocket_opcode::binary, std::string(length, 'x'), out);
        CHECK(out.size() == header + length);
    }
}
