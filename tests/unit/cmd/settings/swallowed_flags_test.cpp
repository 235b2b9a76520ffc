// An empty variable of a shell must not make a flag the value of the flag before it, whatever the
// flag, the command and the spelling.
#include "support/temporary_file.hpp"
#include "unit/cmd/settings/parsed_flags.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using gim::test::options;
using gim::test::parse;
using gim::test::refusal;
using gim::test::temporary_file;

namespace {

struct known_flag {
    std::string name;
    std::string help;
    bool is_switch = false;
    bool may_be_empty() const { return help.find("empty") != std::string::npos; }
};

using words = std::vector<std::string>;

std::string refusal_of(const words& all, const gim::test::variables& env = {}) {
    std::vector<const char*> arguments;
    for (const auto& word : all) {
        arguments.push_back(word.c_str());
    }
    return refusal(std::move(arguments), env);
}

// Every name of every flag, as --help says it.
std::vector<known_flag> flags_of(const std::string& command) {
    std::vector<const char*> arguments{"--help"};
    if (!command.empty()) {
        arguments.insert(arguments.begin(), command.c_str());
    }
    std::istringstream help(std::get<exit_now>(parse(arguments)).out);
    std::vector<known_flag> flags;
    // --help is the last one; what follows are examples.
    for (std::string line; std::getline(help, line) && !line.starts_with("  -h,");) {
        if (!line.starts_with("  --")) {
            continue;
        }
        const auto end = line.find_first_of(" [", 2);
        std::string description;
        std::getline(help, description);
        std::istringstream names(line.substr(2, end - 2));
        for (std::string name; std::getline(names, name, ',');) {
            flags.push_back({name, description, line.substr(end).starts_with("[")});
        }
    }
    return flags;
}

struct command {
    std::string name;
    words begin;
};

const command commands[] = {
    {"", {}},
    {"serve", {"serve"}},
    {"check-config", {"check-config"}},
    {"bench", {"bench", "fanout"}},
    {"token", {"token"}},
    {"reload-binary", {"reload-binary"}},
    {"top", {"top"}},
};

words with(words begin, const words& more) {
    begin.insert(begin.end(), more.begin(), more.end());
    return begin;
}

}  // namespace

TEST_CASE("no flag of any command takes the flag behind it for its value") {
    std::size_t tried = 0;
    for (const auto& c : commands) {
        for (const auto& f : flags_of(c.name)) {
            CAPTURE(c.name);
            CAPTURE(f.name);
            // It is unknown, and can only be found out if it is not swallowed.
            const std::string next = "--next=token";
            CHECK(
                refusal_of(with(c.begin, {f.name + "=", next}))
                    .find("unknown flag \"" + next + "\"") != std::string::npos
            );
            if (f.is_switch) {
                CHECK(
                    refusal_of(with(c.begin, {f.name, next}))
                        .find("unknown flag \"" + next + "\"") != std::string::npos
                );
                ++tried;
                continue;
            }
            for (const char* word :
                 {"--next=token", "--next", "--", "--help", "-h", "--version", "-v"}) {
                const auto line = refusal_of(with(c.begin, {f.name, word}));
                const bool is_cut_off = std::string_view(word) == "--" && c.name == "bench";
                const auto more = "; write one that begins with - as " + f.name + "=VALUE";
                CHECK(line == "gim: " + f.name + ": needs a value" + (is_cut_off ? "" : more));
            }
            CHECK(refusal_of(with(c.begin, {f.name})) == "gim: " + f.name + ": needs a value");
            ++tried;
        }
    }
    CHECK(tried > 250);
}

TEST_CASE("an empty value is refused, or the flag's help says that it may be empty") {
    for (const auto& c : commands) {
        for (const auto& f : flags_of(c.name)) {
            CAPTURE(c.name);
            CAPTURE(f.name);
            const auto line = refusal_of(with(c.begin, {f.name + "="}));
            if (f.may_be_empty()) {
                CHECK(line == "accepted");
            } else {
                // Not every scenario of the bench knows every flag.
                const bool is_of_another = line.find(": has no meaning in ") != std::string::npos;
                CHECK(
                    (line.ends_with(": must not be empty") || (c.name == "bench" && is_of_another))
                );
            }
            if (!f.is_switch) {
                CHECK(refusal_of(with(c.begin, {f.name, ""})) == line);
            }
        }
    }
}

TEST_CASE("an empty variable and an empty line of a file follow the same rule") {
    for (const auto& f : flags_of("")) {
        CAPTURE(f.name);
        const auto line = refusal_of({f.name + "="});
        std::string variable = "GIM_";
        for (const char c : f.name.substr(2)) {
            variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
        }
        CHECK(refusal({}, {{variable, ""}}) == line);
        if (f.name == "--config") {
            continue;
        }
        for (const char* end : {"=\n", " = \n", " = # nothing\n", "=\"\"\n", "="}) {
            const temporary_file file(f.name.substr(2) + end);
            CHECK(refusal({"--config", file.path()}) == line);
        }
    }
}

TEST_CASE("a value with an equals sign is taken as it is") {
    CHECK(options({"--auth-issuer=--auth=token"}).token_parties.issuer == "--auth=token");
    CHECK(options({"--auth-issuer=--auth=token"}).auth == gim::auth::login_mode::none);
    CHECK(options({"--auth-issuer", "-auth"}).token_parties.issuer == "-auth");
    CHECK(options({"--auth-issuer", "a=b"}).token_parties.issuer == "a=b");
    const auto o = options({"--token-secret=", "--max-connections=10000"});
    CHECK(o.token_secret.empty());
    CHECK(o.admission.connections == 10'000);
}
