#include "auth/token_issuer.hpp"

#include "auth/token_verifier.hpp"
#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <string>

using namespace gim::test;
using gim::auth::key_set;
using gim::auth::signing_key;
using gim::auth::token_issuer;
using gim::auth::token_verifier;
using gim::auth::verification_key;

namespace {

const std::string secret = "a secret of the tests";

}  // namespace

TEST_CASE("what is issued with a secret says what it was given, for as long") {
    const token_issuer issuer(signing_key::secret(secret), std::chrono::minutes(10));
    key_set keys;
    REQUIRE(keys.add({}, verification_key::secret(secret)));
    const token_verifier verifier(std::move(keys));
    const std::string name = "Ann \"A\" \xc3\xa9 \\";
    const auto token = issuer.issue({"ann", name, std::vector<std::string>{"x", "y"}}, now + 999);
    CHECK(std::count(token.begin(), token.end(), '.') == 2);
    const auto who = verifier.verify(token, now);
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->name == name);
    CHECK(who->expires_at == now + 600'000);
    CHECK(who->rooms.allows("x"));
    CHECK_FALSE(who->rooms.allows("z"));
    const auto short_one = verifier.verify(issuer.issue({"ann"}, now), now);
    REQUIRE(short_one);
    CHECK_FALSE(short_one->name);
    CHECK(short_one->rooms.allows("z"));
}

TEST_CASE("a token says whom it is from and for, and another is refused") {
    const auto with = [](gim::auth::token_parties parties) {
        return token_issuer(
            signing_key::secret(secret), std::chrono::minutes(1), {}, std::move(parties)
        );
    };
    key_set keys;
    REQUIRE(keys.add({}, verification_key::secret(secret)));
    const token_verifier verifier(std::move(keys), {"me \"1\"", "gim"});
    CHECK(verifier.verify(with({"me \"1\"", "gim"}).issue({"ann"}, now), now));
    CHECK_FALSE(verifier.verify(with({"me", "gim"}).issue({"ann"}, now), now));
    CHECK_FALSE(verifier.verify(with({"me \"1\"", {}}).issue({"ann"}, now), now));
}

TEST_CASE("what is issued with a private key is checked with its public key, found by its kid") {
    for (const auto* pair : {&key_pair::rsa(), &key_pair::p256(), &key_pair::ed25519()}) {
        key_set keys;
        REQUIRE(keys.add("k \"1\"", pair->verifier()));
        const token_verifier verifier(std::move(keys));
        const token_issuer issuer(pair->signer(), std::chrono::minutes(1), "k \"1\"");
        CHECK(verifier.verify(issuer.issue({"ann"}, now), now));
        const token_issuer nameless(pair->signer(), std::chrono::minutes(1));
        CHECK_FALSE(verifier.verify(nameless.issue({"ann"}, now), now));
    }
}
