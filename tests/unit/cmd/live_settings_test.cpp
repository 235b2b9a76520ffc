#include "gim/live_settings.hpp"

#include "support/temporary_file.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;

namespace {

// A gim that runs with a file of flags, and what it logs.
struct running {
    explicit running(const char* flags, const std::vector<std::string>& more = {}) : file(flags) {
        arguments.insert(arguments.end(), more.begin(), more.end());
        auto log = std::make_shared<spdlog::logger>(
            "gim", std::make_shared<spdlog::sinks::ostream_sink_st>(lines)
        );
        log->set_pattern("%l %v");
        spdlog::set_default_logger(std::move(log));
        const std::vector<std::string> words(arguments.begin() + 1, arguments.end());
        auto parsed = parse_serve(words, nothing);
        REQUIRE(std::holds_alternative<serve_settings>(parsed));
        live.emplace(std::get<serve_settings>(std::move(parsed)), arguments, nothing);
    }
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running() { spdlog::set_default_logger(before); }

    // What checks tokens from now on; empty: nothing was taken.
    std::optional<gim::auth::authority> read_again() {
        std::optional<gim::auth::authority> keys;
        live->read_again([&](gim::auth::authority fresh) {
            CHECK(lines.str().empty());  // what is logged is done
            keys = std::move(fresh);
        });
        return keys;
    }
    std::string logged() {
        auto text = lines.str();
        lines.str({});
        return text;
    }

    static constexpr auto nothing = [](const char*) -> const char* { return nullptr; };
    const std::shared_ptr<spdlog::logger> before = spdlog::default_logger();
    std::ostringstream lines;
    gim::test::temporary_file file;
    std::vector<std::string> arguments{"gim", std::string("--config=") + file.path()};
    std::optional<live_settings> live;
};

}  // namespace

TEST_CASE("limits are read again, what the start decided stays, and the log says both") {
    running gim("max-requests=7\ndrain-timeout=3s\nmessage-push-count=3\n", {"--max-rooms=9"});
    gim.file.write(
        "max-requests=30\nmessage-push-count=4\nmax-rooms=5\nallowed-origins=https://a.example\n"
    );
    REQUIRE(gim.read_again());
    const auto& o = gim.live->options();
    CHECK(o.gateway.requests.limit.count == 30);
    CHECK(o.drain_timeout == serve_options().drain_timeout);
    CHECK(o.push_count == 3);
    CHECK(o.storage.rooms == 9);
    CHECK(o.doors.origins.is_said());
    const auto text = gim.logged();
    CHECK(text.find("info settings: read again; from now on ") == 0);
    CHECK(text.find("max-requests=30") != std::string::npos);
    CHECK(text.find("allowed-origins=https://a.example") != std::string::npos);
    CHECK(text.find("max-rooms") == std::string::npos);
    CHECK(
        text.find("warning settings: only a restart changes message-push-count=4\n") !=
        std::string::npos
    );
    // What waits for a restart is said again, what has been taken is not.
    REQUIRE(gim.read_again());
    CHECK(
        gim.logged() ==
        "info settings: read again\nwarning settings: only a restart changes message-push-count=4\n"
    );
}

TEST_CASE("a file that is not good changes nothing, and one line says why") {
    running gim("max-requests=7\n");
    for (const char* bad :
         {"max-requests=-1\n", "max-requsts=8\n", "max-requests=8\nauth-key=/nowhere\n"}) {
        gim.file.write(bad);
        CHECK_FALSE(gim.read_again());
        CHECK(gim.live->options().gateway.requests.limit.count == 7);
        const auto text = gim.logged();
        CHECK(text.find("error settings: going on with the old ones: ") == 0);
        CHECK(text.find('\n') == text.size() - 1);
    }
    gim.file.write("max-requests=8\n");
    CHECK(gim.read_again());
    CHECK(gim.live->options().gateway.requests.limit.count == 8);
}

TEST_CASE("keys of back ends and of tokens are read again, and secrets are not logged") {
    running gim("auth=token\ntoken-secret=0123456789abcdef\napi-key=web=first-secret-of-web\n");
    gim.file.write("auth=token\ntoken-secret=fedcba9876543210\napi-key=web=second-secret-of-web\n");
    auto keys = gim.read_again();
    REQUIRE(keys);
    CHECK(gim.live->options().token_secret == "fedcba9876543210");
    CHECK(gim.live->options().api_keys.find("second-secret-of-web"));
    CHECK_FALSE(gim.live->options().api_keys.find("first-secret-of-web"));
    const auto text = gim.logged();
    CHECK(text.find("secret-of-web") == std::string::npos);
    CHECK(text.find("fedcba") == std::string::npos);
    CHECK(text.find("info --auth token: a login needs a token; 1 key") != std::string::npos);
    gim.file.write("auth=token\n");
    CHECK_FALSE(gim.read_again());  // no key would be left
    CHECK(gim.live->options().token_secret == "fedcba9876543210");
}

TEST_CASE("the tokens that logins hand out outlive a reload, also without a secret") {
    running gim("");
    const gim::model::user ann{"ann", "Ann"};
    const auto first = gim.read_again();
    gim.logged();
    REQUIRE(first);
    const auto token = first->issue(ann, {"ann", "Ann", {}, {}}, 1000);
    REQUIRE(token);
    const auto second = gim.read_again();
    REQUIRE(second);
    CHECK(second->verify(*token, 2000).has_value());
}
