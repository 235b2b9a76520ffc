#include "support/temporary_file.hpp"
#include "unit/cmd/settings/parsed_flags.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;
using gim::test::options;
using gim::test::parse;
using gim::test::refusal;
using gim::test::temporary_file;
using gim::test::variables;

TEST_CASE("of a flag that may be given several times all count, from the strongest source") {
    using texts = std::vector<std::string>;
    CHECK(
        options({"--auth-key=a.pem", "--auth-key", "k=b.pem"}).auth_keys ==
        texts{"a.pem", "k=b.pem"}
    );
    const variables env = {{"GIM_AUTH_KEY", " x=1.pem  y=2.pem "}};
    CHECK(options({}, env).auth_keys == texts{"x=1.pem", "y=2.pem"});
    CHECK(options({"--auth-key=a.pem"}, env).auth_keys == texts{"a.pem"});
    const temporary_file file("auth-key=a=1.pem\nauth-key=2.pem\nauth-jwks=k.json\nauth-key=3.pem\n"
    );
    const auto from_file = options({"--config", file.path()});
    CHECK(from_file.auth_keys == texts{"a=1.pem", "2.pem", "3.pem"});
    CHECK(from_file.auth_jwks == texts{"k.json"});
    CHECK(refusal({"--auth-key=k="}) == "gim: --auth-key: must name a file, got \"k=\"");
    CHECK(refusal({"--auth-key"}) == "gim: --auth-key: needs a value");
}

TEST_CASE("a list that is given twice is refused, in every source") {
    const char* const line = "gim: --allowed-origins: is given twice; write one list, with commas";
    CHECK(refusal({"--allowed-origins=http://a", "--allowed-origins=http://b"}) == line);
    const temporary_file file("allowed-origins=http://a\nlog-level=warn\nallowed-origins=http://b\n"
    );
    CHECK(refusal({"--config", file.path()}) == line);
    CHECK(
        refusal({"--trusted-proxies=::1", "--trusted-proxies", "::2"}).find("is given twice") !=
        std::string::npos
    );
    // A stronger source replaces it.
    const variables env = {{"GIM_ALLOWED_ORIGINS", "http://a"}};
    CHECK(options({"--allowed-origins=http://b"}, env).doors.origins.cors_value("http://a").empty()
    );
}

TEST_CASE("given twice, the last one counts") {
    CHECK(options({"--message-push-count=2", "--message-push-count", "3"}).push_count == 3);
    CHECK(to_string(options({"--gateway-address=:1", "--ws=:2"}).gateway_address) == ":2");
}

TEST_CASE("every flag is a variable of the environment, which a flag beats") {
    const variables env = {
        {"GIM_GATEWAY_ADDRESS", ":1"},
        {"GIM_MESSAGE_PUSH_COUNT", "3"},
        {"GIM_ENABLE_MESSAGE_SEQUENCE", "true"},
        {"GIM_TOKEN_SECRET", "fedcba9876543210"}};
    const serve_options o = options({}, env);
    CHECK(to_string(o.gateway_address) == ":1");
    CHECK(o.push_count == 3);
    CHECK(o.message_sequence);
    CHECK(o.token_secret == "fedcba9876543210");
    const serve_options over =
        options({"--ws=:2", "--message-push-count=4", "--enbale-message-sequence=false"}, env);
    CHECK(to_string(over.gateway_address) == ":2");
    CHECK(over.push_count == 4);
    CHECK_FALSE(over.message_sequence);
}

TEST_CASE("the environment beats the file, and a flag beats both") {
    const temporary_file file(
        "# a comment\n; another\n\nmessage-push-count=2\n ws = [::1]:80 # the address\n"
        "enable-message-sequence=true\nmessage-push-duration=\"1.5s\"\n"
    );
    const serve_options from_file = options({"--config", file.path()});
    CHECK(from_file.push_count == 2);
    CHECK(to_string(from_file.gateway_address) == "[::1]:80");
    CHECK(from_file.message_sequence);
    CHECK(from_file.push_interval == 1500ms);

    const variables env = {{"GIM_MESSAGE_PUSH_COUNT", "3"}, {"GIM_CONFIG", file.path()}};
    const serve_options with_env = options({}, env);
    CHECK(with_env.push_count == 3);
    CHECK(with_env.message_sequence);

    const serve_options with_flag = options({"--message-push-count=4", "--ws=:5"}, env);
    CHECK(with_flag.push_count == 4);
    CHECK(to_string(with_flag.gateway_address) == ":5");
    CHECK(with_flag.push_interval == 1500ms);
}

TEST_CASE("a bad value is told alike from every source, unless a better source replaces it") {
    const char* const line = "gim: --message-push-count: must be 1 to 1000, got \"0\"";
    const temporary_file file("message-push-count=0\n");
    CHECK(refusal({"--message-push-count=0"}) == line);
    CHECK(refusal({}, {{"GIM_MESSAGE_PUSH_COUNT", "0"}}) == line);
    CHECK(refusal({"--config", file.path()}) == line);
    CHECK(options({"--config", file.path(), "--message-push-count=1"}).push_count == 1);
}

TEST_CASE("a missing file and an unknown key in a file are refused by name") {
    CHECK(
        refusal({"--config=/nonexistent/gim.conf"}) ==
        "gim: --config: must be a file that can be read, got \"/nonexistent/gim.conf\""
    );
    CHECK(
        refusal({}, {{"GIM_CONFIG", "/nonexistent"}}) ==
        "gim: --config: must be a file that can be read, got \"/nonexistent\""
    );
    CHECK(refusal({"--config=/"}).starts_with("gim: --config: must be a file"));
    CHECK(refusal({"--config"}) == "gim: --config: needs a value");
    for (const auto& [text, key] : std::vector<std::pair<std::string, std::string>>{
             {"message-push-cuont=1\n", "message-push-cuont"},
             {"--ws=:1\n", "--ws"},
             {"config=other\n", "config"},
             {"[serve]\nws=:1\n", "[serve]"},
             {"a.b=1\n", "a.b"},
             {"dance\n", "dance"}}) {
        CAPTURE(text);
        const temporary_file file(text);
        CHECK(
            refusal({"--config", file.path()}) ==
            "gim: --config: unknown key \"" + key + "\" in \"" + file.path() + "\""
        );
    }
}

TEST_CASE("check-config tells each flag's value and where it came from, without secrets") {
    const temporary_file file("message-push-count=3\nlog-level=warn\n");
    const auto p = parse(
        {"check-config",
         "--log-level=error",
         "--api-key=web=0123456789abcdef",
         "--redis-url=redis://u:p%40ss@h:1/2"},
        {{"GIM_CONFIG", file.path()}, {"GIM_TOKEN_SECRET", "0123456789abcdef"}}
    );
    const auto* check = std::get_if<settings_check>(&p);
    REQUIRE(check != nullptr);
    const auto* settings = &check->settings;
    CHECK(settings->options.push_count == 3);
    const auto of = [&](const std::string& name) {
        const auto found = std::ranges::find(settings->all, name, &gim::cmd::setting::name);
        REQUIRE(found != settings->all.end());
        REQUIRE(found->values.size() == 1);
        return found->values.front() + " by " + found->from;
    };
    CHECK(of("--log-level") == "error by flag");
    CHECK(of("--message-push-count") == std::string("3 by ") + file.path());
    CHECK(of("--token-secret") == "(not shown) by GIM_TOKEN_SECRET");
    CHECK(of("--api-key") == "web=(not shown) by flag");
    CHECK(of("--redis-url") == "redis://(not shown)@h:1/2 by flag");
    CHECK(of("--session-history") == "1000 by default");
}

TEST_CASE("a file may be called as what is not set is") {
    const auto before = std::filesystem::current_path();
    const temporary_file file("message-push-count=3\n");
    const auto folder = std::filesystem::path(file.path()).parent_path();
    std::filesystem::current_path(folder);
    std::filesystem::copy_file(file.path(), "default");
    CHECK(options({"--config=default"}).push_count == 3);
    std::filesystem::remove("default");
    std::filesystem::current_path(before);
}

TEST_CASE("spaces around the equals sign, comments, quotes and a byte order mark in a file") {
    const temporary_file file(
        "\xEF\xBB\xBFlog-level = warn\r\n"
        "\tmessage-push-count\t=\t7\t# a comment\n"
        "redis-prefix = \"with#hash:\" # another\n"
        "advertise-address=wss://h/#a\n"
        "log-file = 'a b'\n"
        "trace-user = ann\n"
        "trace-user = bob\n"
        "insecure\n"
        "compression # as well\n"
    );
    const serve_options o = options({"--config", file.path(), "--token-secret="});
    CHECK(o.log_level == "warn");
    CHECK(o.push_count == 7);
    CHECK(o.redis.prefix == "with#hash:");
    CHECK(o.advertised_address == "wss://h/#a");
    CHECK(o.log_file == "a b");
    CHECK(o.traced_users == std::vector<std::string>{"ann", "bob"});
    CHECK(o.insecure);
    CHECK(o.compression);
}

TEST_CASE("a line of a file without an equals sign sets a switch and nothing else") {
    const temporary_file file("auth-issuer\n");
    CHECK(
        refusal({"--config", file.path()}) ==
        "gim: --auth-issuer: needs a value in \"" + std::string(file.path()) + "\""
    );
}

TEST_CASE("what stands in brackets is one value, with its brackets") {
    CHECK(options({"--redis-prefix=[a,b]"}).redis.prefix == "[a,b]");
    CHECK(options({"--log-file", "[]"}).log_file == "[]");
    CHECK(refusal({"--insecure={}"}) == "gim: --insecure: must be true or false, got \"{}\"");
}

TEST_CASE("every name of a flag is a variable, and the first that is set counts") {
    CHECK(to_string(options({}, {{"GIM_WS", ":1"}}).gateway_address) == ":1");
    CHECK(options({}, {{"GIM_PROFILING", "true"}}).profiling);
    const variables both = {{"GIM_WS", ":1"}, {"GIM_GATEWAY_ADDRESS", ":2"}};
    CHECK(to_string(options({}, both).gateway_address) == ":2");
    const auto p = parse({"check-config"}, {{"GIM_WS", ":1"}});
    const auto& all = std::get<settings_check>(p).settings.all;
    CHECK(std::ranges::find(all, "--gateway-address", &gim::cmd::setting::name)->from == "GIM_WS");
}

TEST_CASE("a variable without effect is named with the one that is meant") {
    const auto warnings = [](const variables& env) {
        const auto p = parse({"check-config"}, env);
        return std::get<settings_check>(p).settings.warnings;
    };
    using lines = std::vector<std::string>;
    CHECK(warnings({{"GIM_AUTH", "token"}, {"GIMP", "1"}, {"PATH", "/bin"}}) == lines{});
    CHECK(
        warnings({{"GIM_ATUH", "token"}, {"GIM_TOKENSECRET", "x"}, {"GIM_max_users", "1"}}) ==
        lines{
            "GIM_ATUH: sets no flag; the nearest name is GIM_AUTH",
            "GIM_TOKENSECRET: sets no flag; the nearest name is GIM_TOKEN_SECRET",
            "GIM_max_users: sets no flag; the nearest name is GIM_MAX_USERS"}
    );
    CHECK(
        warnings({{"GIM_WS", ":1"}, {"GIM_GATEWAY_ADDRESS", ":2"}}) ==
        lines{"GIM_WS: has no effect, since GIM_GATEWAY_ADDRESS sets the same flag"}
    );
    CHECK(warnings({{"GIM_BINARY", "x"}}) == lines{"GIM_BINARY: sets no flag, see gim --help"});
    CHECK(warnings({{"GIM_", "x"}}) == lines{"GIM_: sets no flag, see gim --help"});
    // Of the process before this one, and of Kubernetes for a service named gim.
    const variables of_others = {
        {"GIM_PREDECESSOR", "1:3"},
        {"GIM_SERVICE_HOST", "10.0.0.1"},
        {"GIM_SERVICE_PORT", "8080"},
        {"GIM_SERVICE_PORT_WS", "8080"},
        {"GIM_PORT", "tcp://10.0.0.1:8080"},
        {"GIM_PORT_8080_TCP", "tcp://10.0.0.1:8080"},
        {"GIM_PORT_8080_TCP_ADDR", "10.0.0.1"},
        {"GIM_API_PORT_8081_TCP_PROTO", "tcp"}};
    CHECK(warnings(of_others) == lines{});
    CHECK(options({"--strict-env"}, of_others).push_count == 10);
    CHECK(warnings({{"GIM_PORT", "8080"}}).size() == 1);

    const variables misspelt = {{"GIM_ATUH", "token"}};
    const char* const line =
        "gim: --strict-env: GIM_ATUH: sets no flag; the nearest name is GIM_AUTH";
    CHECK(refusal({"--strict-env"}, misspelt) == line);
    CHECK(refusal({"check-config"}, {{"GIM_ATUH", "token"}, {"GIM_STRICT_ENV", "true"}}) == line);
    CHECK(options({"--strict-env=false"}, misspelt).push_count == 10);
}
