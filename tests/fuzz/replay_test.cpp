#include "fuzz/fuzz_target.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

// Every seed, and every input that once broke something, without libFuzzer.

namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in);
    return {std::istreambuf_iterator<char>(in), {}};
}

void replay(const std::string& target, const std::function<void(std::string_view)>& run) {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(fs::path(GIM_FUZZ_CORPUS) / target)) {
        const auto bytes = content_of(file.path());
        CAPTURE(file.path().filename().string());
        CHECK_NOTHROW(run(bytes));
        // Whatever it is, half of it may come, too, and more than it.
        CHECK_NOTHROW(run(std::string_view(bytes).substr(0, bytes.size() / 2)));
        CHECK_NOTHROW(run(bytes + bytes));
        ++count;
    }
    CHECK(count >= 5);
}

}  // namespace

TEST_CASE("replay: heads of HTTP") {
    replay("http_head", gim::fuzz::http_head);
}
TEST_CASE("replay: bodies in chunks") {
    replay("chunked_body", gim::fuzz::chunked_body);
}
TEST_CASE("replay: requests for an upgrade") {
    replay("upgrade", gim::fuzz::upgrade);
}
TEST_CASE("replay: frames of WebSocket clients") {
    replay("websocket", gim::fuzz::websocket);
}
TEST_CASE("replay: commands in JSON") {
    replay("json_command", gim::fuzz::json_command);
}
TEST_CASE("replay: commands in protobuf") {
    replay("proto_command", gim::fuzz::proto_command);
}
TEST_CASE("replay: headers of proxies") {
    replay("proxy_header", gim::fuzz::proxy_header);
}
TEST_CASE("replay: replies of Redis") {
    replay("redis_reply", gim::fuzz::redis_reply);
}
TEST_CASE("replay: values in keys of Redis") {
    replay("redis_values", gim::fuzz::redis_values);
}
TEST_CASE("replay: snapshots") {
    replay("snapshot", gim::fuzz::snapshot);
}
TEST_CASE("replay: tokens") {
    replay("token", gim::fuzz::token);
}
TEST_CASE("replay: UTF-8 in pieces") {
    replay("utf8", gim::fuzz::utf8);
}
