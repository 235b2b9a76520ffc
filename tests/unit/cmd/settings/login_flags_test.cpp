#include "gim/auth_keys.hpp"
#include "support/temporary_file.hpp"
#include "unit/cmd/settings/parsed_flags.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;
using gim::test::options;
using gim::test::refusal;
using gim::test::temporary_file;
using gim::test::variables;

TEST_CASE("who may log in is none, token or url") {
    CHECK(options({}).auth == gim::auth::login_mode::none);
    CHECK(options({"--auth=token"}).auth == gim::auth::login_mode::token);
    CHECK_FALSE(options({}).insecure);
    CHECK(options({"--insecure"}).insecure);
    CHECK(options({"--compression"}).compression);
    CHECK(refusal({"--auth=jwt"}) == "gim: --auth: must be none, token or url, got \"jwt\"");
}

TEST_CASE("a login service needs --auth=url, and the other way round") {
    const auto asked = options(
        {"--auth=url",
         "--auth-url=http://[::1]:90/login",
         "--auth-timeout=250ms",
         "--auth-url-in-flight=0",
         "--auth-url-cache=5"}
    );
    CHECK(asked.auth == gim::auth::login_mode::url);
    REQUIRE(asked.auth_url);
    CHECK(asked.auth_url->host == "::1");
    CHECK(asked.auth_url->port == 90);
    CHECK(asked.auth_timeout == std::chrono::milliseconds(250));
    CHECK(asked.auth_url_in_flight == 0);
    CHECK(asked.auth_url_cache == 5);
    CHECK(options({}).auth_timeout == std::chrono::seconds(1));
    CHECK(options({}).auth_url_in_flight == 64);

    CHECK(refusal({"--auth=url"}) == "gim: --auth: url needs --auth-url, too");
    CHECK(refusal({"--auth-url=http://h/"}) == "gim: --auth-url: needs --auth=url, too");
    CHECK(
        refusal({"--auth=token", "--auth-url=http://h/"}) ==
        "gim: --auth-url: needs --auth=url, too"
    );
    // Its query may hold a secret.
    CHECK(
        refusal({"--auth=url", "--auth-url=htp://h/?key=secret"}) ==
        "gim: --auth-url: must be http://HOST[:PORT]/PATH"
    );
    CHECK(refusal({"--auth-timeout=9ms"}).starts_with("gim: --auth-timeout: must be 10ms to 5s"));
}

TEST_CASE("whom tokens must be from and for") {
    CHECK_FALSE(options({}).token_parties.issuer);
    CHECK_FALSE(options({}).token_parties.audience);
    const auto both = options({"--auth-issuer=https://id.example", "--auth-audience", "gim"});
    CHECK(both.token_parties.issuer == "https://id.example");
    CHECK(both.token_parties.audience == "gim");
    const variables env = {{"GIM_AUTH_AUDIENCE", "gim"}};
    CHECK(options({}, env).token_parties.audience == "gim");
    CHECK(refusal({"--auth-issuer="}) == "gim: --auth-issuer: must not be empty");
    CHECK(refusal({"--auth-audience=\xff"}).starts_with("gim: --auth-audience: must be 1 to 256"));
}

TEST_CASE("a short token secret is refused without being repeated") {
    const std::string line = refusal({"--token-secret=hunter2"});
    CHECK(line == "gim: --token-secret: must be at least 16 bytes, or empty for a random one");
    CHECK(options({"--token-secret", ""}).token_secret.empty());
}

TEST_CASE("API keys come from flags, the environment and a file, several at once") {
    CHECK(options({}).api_keys.is_empty());
    const auto two =
        options({"--api-key=game=0123456789abcdef", "--api-key", "shop=fedcba9876543210"});
    CHECK(two.api_keys.find("0123456789abcdef") == "game");
    CHECK(two.api_keys.find("fedcba9876543210") == "shop");
    const auto env = options({}, {{"GIM_API_KEY", "game=0123456789abcdef shop=fedcba9876543210"}});
    CHECK(env.api_keys.find("fedcba9876543210") == "shop");
    const temporary_file file("\xEF\xBB\xBF# keys\ngame=0123456789abcdef\n");
    const auto read = options({"--api-key-file", file.path(), "--api-key=shop=fedcba9876543210"});
    CHECK(read.api_keys.find("0123456789abcdef") == "game");
    CHECK(read.api_keys.find("fedcba9876543210") == "shop");
}

TEST_CASE("a file of keys, in PEM or a JWKS, is read without its byte order mark") {
    const temporary_file file("\xEF\xBB\xBF{\"keys\": []}");
    CHECK(read_key_file("--auth-jwks", file.path()) == "{\"keys\": []}");
    CHECK_THROWS_WITH(
        read_key_file("--auth-jwks", "/nowhere/at/all"),
        "--auth-jwks: \"/nowhere/at/all\": cannot be read"
    );
}

TEST_CASE("keys for the metrics are no API keys") {
    const auto o = options({"--metrics-key=prometheus=0123456789abcdef"});
    CHECK(o.metrics_keys.find("0123456789abcdef") == "prometheus");
    CHECK(o.api_keys.is_empty());
    CHECK(options({"--api-key=game=0123456789abcdef"}).metrics_keys.is_empty());
}

TEST_CASE("a bad API key is refused without being repeated") {
    for (const auto& line :
         {refusal({"--api-key=game=my-secret-short"}),
          refusal({"--api-key=my-secret-without-a-name"}),
          refusal({}, {{"GIM_API_KEY", "game=my-secret-short"}})}) {
        CAPTURE(line);
        CHECK(line.starts_with("gim: --api-key: "));
        CHECK(line.find("my-secret") == std::string::npos);
    }
    const temporary_file file("\ngame=my-secret-short\n");
    const auto line = refusal({"--api-key-file", file.path()});
    CHECK(line.find("line 2: the secret must be") != std::string::npos);
    CHECK(line.find("my-secret") == std::string::npos);
    CHECK(refusal({"--api-key-file=/nowhere/at/all"}).find("must be a file") != std::string::npos);
}
