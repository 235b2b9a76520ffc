#include "session/token_issuer.hpp"

#include "support/show_result.hpp"

#include <doctest/doctest.h>
#include <jwt.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>

using gim::protocol::status;
using gim::protocol::user;
using gim::session::token_issuer;

namespace {

constexpr std::int64_t now = 1'800'000'000'000;
constexpr std::string_view secret = "a secret";
const user ann{"ann", "Ann \"A\" \xc3\xa9"};

// Any JWT with these claims, made without the issuer.
std::string forge(
    jwt_alg_t algorithm,
    std::string_view key,
    const char* id = "ann",
    const char* name = "Ann",
    long expires = static_cast<long>(now / 1000 + 60)
) {
    jwt_t* raw = nullptr;
    REQUIRE(jwt_new(&raw) == 0);
    const std::unique_ptr<jwt_t, decltype(&jwt_free)> token(raw, &jwt_free);
    if (id != nullptr) {
        jwt_add_grant(raw, "sub", id);
    }
    if (name != nullptr) {
        jwt_add_grant(raw, "name", name);
    }
    if (expires != 0) {
        jwt_add_grant_int(raw, "exp", expires);
    }
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    REQUIRE(
        jwt_set_alg(raw, algorithm, key.empty() ? nullptr : bytes, static_cast<int>(key.size())) ==
        0
    );
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), &std::free);
    REQUIRE(text);
    return text.get();
}

struct fixture {
    token_issuer issuer{std::string(secret), std::chrono::minutes(10)};

    bool is_refused(const std::string& token, std::int64_t at = now) {
        const auto who = issuer.verify(token, at);
        return who.has_error() && who.error().code == status::unauthorized &&
               who.error().message == "token: not valid";
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a token names the user it was issued to") {
    const auto who = issuer.verify(issuer.issue(ann, now), now);
    REQUIRE(who);
    CHECK(*who == ann);
}

TEST_CASE_FIXTURE(fixture, "a token is a JWT in three parts of base64url") {
    const auto token = issuer.issue(ann, now);
    CHECK(std::count(token.begin(), token.end(), '.') == 2);
    CHECK(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
        ) == std::string::npos
    );
}

TEST_CASE_FIXTURE(fixture, "a token is valid until it expires") {
    const auto token = issuer.issue(ann, now);
    CHECK(issuer.verify(token, now + 599'000));
    CHECK(is_refused(token, now + 600'000));
    CHECK(is_refused(token, now + 3'600'000));
}

TEST_CASE_FIXTURE(fixture, "a forged token with the right key and claims would be taken") {
    CHECK(issuer.verify(forge(JWT_ALG_HS256, secret), now));
}

TEST_CASE_FIXTURE(fixture, "a token of another secret, algorithm or without one is refused") {
    CHECK(is_refused(forge(JWT_ALG_HS256, "another secret")));
    CHECK(is_refused(forge(JWT_ALG_HS384, secret)));
    CHECK(is_refused(forge(JWT_ALG_HS512, secret)));
    CHECK(is_refused(forge(JWT_ALG_NONE, "")));
    const auto valid = forge(JWT_ALG_HS256, secret);
    const auto none = forge(JWT_ALG_NONE, "");
    CHECK(is_refused(none + valid.substr(valid.rfind('.') + 1)));
    CHECK(is_refused(none.substr(0, none.find('.')) + valid.substr(valid.find('.'))));
}

TEST_CASE_FIXTURE(fixture, "a token that lacks a claim or names no valid user is refused") {
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, nullptr)));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, "ann", nullptr)));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, "ann", "Ann", 0)));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, "ann", "Ann", -5)));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, "")));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, "a:b")));
    CHECK(is_refused(forge(JWT_ALG_HS256, secret, std::string(65, 'a').c_str())));
}

TEST_CASE_FIXTURE(fixture, "a token cut anywhere, or with anything behind it, is refused") {
    const auto token = issuer.issue(ann, now);
    for (std::size_t n = 0; n < token.size(); ++n) {
        CAPTURE(n);
        CHECK(is_refused(token.substr(0, n)));
    }
    CHECK(is_refused(token + "."));
    CHECK(is_refused(token + "AAAA"));
    CHECK(is_refused("." + token));
    CHECK(is_refused(token + '\0'));
    CHECK(is_refused(token + '\0' + "garbage"));
}

TEST_CASE_FIXTURE(fixture, "a token with one changed letter is refused") {
    const auto token = issuer.issue(ann, now);
    // The last letter of the signature has bits that say nothing.
    for (std::size_t i = 0; i + 1 < token.size(); ++i) {
        auto changed = token;
        changed[i] = token[i] == 'A' ? 'B' : 'A';
        CAPTURE(i);
        CHECK(is_refused(changed));
    }
}

TEST_CASE_FIXTURE(fixture, "garbage is refused and never throws") {
    for (const std::string garbage :
         {"", ".", "..", "...", "a.b.c", "bm90.anNvbg.", "e30.e30.e30", "\xff\xfe.\x80.\x00"}) {
        CHECK(is_refused(garbage));
    }
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto valid = issuer.issue(ann, now);
    for (int i = 0; i < 2000; ++i) {
        std::string noise(random() % 100, '\0');
        for (auto& c : noise) {
            c = static_cast<char>(random());
        }
        CHECK(is_refused(noise));
        auto broken = valid;
        const auto at = random() % (broken.size() - 1);
        broken[at] = static_cast<char>(broken[at] ^ static_cast<char>(1 + random() % 255));
        CHECK(is_refused(broken));
    }
    CHECK(is_refused(std::string(1'000'000, 'A')));
    CHECK(is_refused(std::string(1'000'000, '.')));
}

TEST_CASE("without a given secret every issuer has its own") {
    const token_issuer a("", std::chrono::minutes(10));
    const token_issuer b("", std::chrono::minutes(10));
    const auto token = a.issue(ann, now);
    CHECK(a.verify(token, now));
    CHECK_FALSE(b.verify(token, now));
}
