#include "gateway/subprotocols.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using gim::gateway::read_subprotocols;
using gim::gateway::subprotocols;

namespace {

subprotocols offered(const std::vector<std::string_view>& fields) {
    const auto read = read_subprotocols(fields);
    REQUIRE(read.has_value());
    return *read;
}

}  // namespace

TEST_CASE("the subprotocol behind gim.token is the token, in one field or several") {
    CHECK_FALSE(offered({}).has_token_protocol);
    CHECK_FALSE(offered({"chat, other"}).token);
    CHECK(offered({"gim.token"}).has_token_protocol);
    CHECK_FALSE(offered({"gim.token"}).token);
    CHECK_FALSE(offered({"GIM.token, x"}).has_token_protocol);
    for (const auto& fields : std::vector<std::vector<std::string_view>>{
             {"gim.token,ey.J_-.x"},
             {"gim.token", "ey.J_-.x"},
             {" \tchat , gim.token\t,\t,, ey.J_-.x ,more"},
             {"", "gim.token,", ",ey.J_-.x"}}) {
        const auto found = offered(fields);
        CHECK(found.has_token_protocol);
        CHECK(found.token == "ey.J_-.x");
    }
    CHECK(offered({"gim.token, !#$%&'*+-.^_`|~09azAZ"}).token == "!#$%&'*+-.^_`|~09azAZ");
}

TEST_CASE("what is no list of tokens is refused whole, wherever it stands") {
    for (const std::string_view bad :
         {"gim.token, sess:8f3a:ada",
          "gim.token, a b",
          "gim.token, \"quoted\"",
          "gim.token, a/b",
          "gim.token, a=",
          "gim.token, a;b",
          "gim.token, a, (b)",
          "a@b, gim.token, x",
          "gim.token, \xc3\xa9",
          "gim.token, a\x7f",
          "chat:1"}) {
        CAPTURE(bad);
        const auto read = read_subprotocols(std::vector{bad});
        REQUIRE(read.has_error());
        CHECK(read.error().code == gim::model::status::bad_request);
        CHECK(read.error().message.starts_with("Sec-WebSocket-Protocol: must be a list of tokens"));
    }
}
