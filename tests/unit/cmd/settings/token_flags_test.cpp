#include "gim/settings/token_flags.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;

namespace {

using variables = std::map<std::string, std::string>;
using parsed = std::variant<token_options, exit_now>;

parsed parse(const std::vector<std::string>& words, const variables& env = {}) {
    return parse_token(words, [&](const char* name) {
        const auto it = env.find(name);
        return it == env.end() ? nullptr : it->second.c_str();
    });
}

std::string refusal(const std::vector<std::string>& words, const variables& env = {}) {
    const auto p = parse(words, env);
    const auto* exit = std::get_if<exit_now>(&p);
    if (exit == nullptr) {
        return "accepted";
    }
    CHECK(exit->code == 2);
    return exit->err;
}

const std::string secret = "0123456789abcdef";

}  // namespace

TEST_CASE("a token needs a user and something that signs it") {
    const auto p = parse({"--user", "1001", "--token-secret=" + secret});
    REQUIRE(std::holds_alternative<token_options>(p));
    const auto& o = std::get<token_options>(p);
    CHECK(o.user == "1001");
    CHECK(o.ttl == 1h);
    CHECK(o.secret == secret);
    CHECK_FALSE(o.name);
    CHECK(o.rooms.empty());
    CHECK_FALSE(o.kid);
    CHECK(refusal({"--token-secret=" + secret}) == "gim: --user: must be given\n");
    CHECK(refusal({"--user=a"}) == "gim: token: needs --token-secret or --auth-private-key\n");
}

TEST_CASE("every flag of a token is taken") {
    const auto p = parse(
        {"--user=a",
         "--ttl=90s",
         "--name",
         "Ann \xc3\xa9",
         "--room=x",
         "--room",
         "y",
         "--auth-private-key=k.pem",
         "--kid=k",
         "--issuer=https://id.example",
         "--audience",
         "gim"}
    );
    REQUIRE(std::holds_alternative<token_options>(p));
    const auto& o = std::get<token_options>(p);
    CHECK(o.ttl == 90s);
    CHECK(o.name == "Ann \xc3\xa9");
    CHECK(o.rooms == std::vector<std::string>{"x", "y"});
    CHECK(o.private_key == "k.pem");
    CHECK(o.parties.issuer == "https://id.example");
    CHECK(o.parties.audience == "gim");
    CHECK(o.kid == "k");
}

TEST_CASE("the secret may come from the environment, unless another key is named") {
    const variables env = {{"GIM_TOKEN_SECRET", secret}};
    CHECK(std::get<token_options>(parse({"--user=a"}, env)).secret == secret);
    CHECK(std::get<token_options>(parse({"--user=a", "--auth-private-key=k"}, env)).secret.empty());
    CHECK(
        refusal({"--user=a"}, {{"GIM_TOKEN_SECRET", "short"}}) ==
        "gim: GIM_TOKEN_SECRET: must be at least 16 bytes\n"
    );
}

TEST_CASE("what cannot be in a token is refused by name, and a secret is never repeated") {
    const auto with = [](const std::string& flag) {
        return refusal({"--user=a", "--token-secret=" + secret, flag});
    };
    CHECK(
        with("--user=a:b") == "gim: --user: must be 1 to 64 of A-Z a-z 0-9 _ - . @, got \"a:b\"\n"
    );
    CHECK(with("--room=1:x").starts_with("gim: --room: must be 1 to 64 of"));
    CHECK(with("--name=\n").starts_with("gim: --name: must be 1 to 64 bytes of UTF-8"));
    CHECK(with("--name=\xff").starts_with("gim: --name: must be 1 to 64 bytes of UTF-8"));
    CHECK(with("--ttl=0s").starts_with("gim: --ttl: must be 1s to 8760h"));
    CHECK(with("--kid=").starts_with("gim: --kid: "));
    CHECK(
        with("--auth-private-key=k") ==
        "gim: --token-secret and --auth-private-key: one of them signs, not both\n"
    );
    CHECK(with("--dance") == "gim: token: unknown flag \"--dance\", see gim token --help\n");
    CHECK(
        refusal({"--user=a", "--token-secret=short"}) ==
        "gim: --token-secret: must be at least 16 bytes\n"
    );
}

TEST_CASE("the help of token names its flags and an example") {
    const auto help = std::get<exit_now>(parse({"--help"}));
    CHECK(help.code == 0);
    for (const char* text :
         {"--user ID", "--ttl DURATION", "--room ID", "--kid KID", "gim token --user 1001"}) {
        CHECK(help.out.find(text) != std::string::npos);
    }
}
