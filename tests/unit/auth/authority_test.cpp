#include "auth/authority.hpp"

#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>

using namespace gim::test;
using gim::auth::authority;
using gim::auth::authority_options;
using gim::auth::login_mode;
using gim::model::login_request;
using gim::model::status;

namespace {

const std::string secret = "a secret of the tests";

authority with_tokens() {
    authority_options o;
    o.logins = login_mode::token;
    o.secret = secret;
    return authority(std::move(o));
}

std::string token_for(const std::string& id, std::optional<std::string> name = {}) {
    const gim::auth::token_issuer issuer(
        gim::auth::signing_key::secret(secret), std::chrono::hours(1)
    );
    return issuer.issue({id, std::move(name)}, now);
}

login_request asking(std::string id, std::optional<std::string> token = {}) {
    login_request r;
    r.id = std::move(id);
    r.token = std::move(token);
    return r;
}

}  // namespace

TEST_CASE("without tokens everybody is who they say, and is given a token") {
    const authority open{authority_options()};
    auto r = asking("ann", "whatever");
    r.name = "Ann";
    const auto who = open.admit(r, now);
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->name == "Ann");
    CHECK_FALSE(who->expires_at);
    CHECK(open.admit(asking("", token_for("ann")), now).error().message == "id: missing");
    const auto token = open.issue({"ann", "Ann"}, *who, now);
    REQUIRE(token);
    REQUIRE(open.verify(*token, now));
    CHECK(open.verify(*token, now)->name == "Ann");
    // Of another process, which made another secret.
    CHECK_FALSE(authority{authority_options()}.verify(*token, now));
}

TEST_CASE("the token of a login is from and for whom the server looks for") {
    authority_options o;
    o.parties = {"gim", "gim's clients"};
    o.secret = secret;
    const authority open(std::move(o));
    CHECK(open.verify(*open.issue({"ann", "Ann"}, {"ann"}, now), now));
    CHECK(open.verify(token_for("ann"), now).error().message == "token: not valid");
}

TEST_CASE("a token of a login lets into no more and lasts no longer than what was proven") {
    authority_options o;
    o.logins = login_mode::url;
    const authority asked(std::move(o));
    const gim::auth::identity proven{"ann", {}, gim::auth::room_scope({"b", "a"}), now + 90'500};
    const auto who = asked.verify(*asked.issue({"ann", "Ann"}, proven, now), now);
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->name == "Ann");
    CHECK(who->expires_at == now + 90'000);
    CHECK(who->rooms.allows("a"));
    CHECK_FALSE(who->rooms.allows("c"));

    const auto for_long = asked.verify(*asked.issue({"ann", "Ann"}, {"ann"}, now), now);
    REQUIRE(for_long);
    CHECK(for_long->expires_at == now + 24 * 3'600'000);
    CHECK(for_long->rooms.allows("c"));
    const gim::auth::identity later{"ann", {}, {}, now + 1'000'000'000'000};
    CHECK(
        asked.verify(*asked.issue({"ann", "Ann"}, later, now), now)->expires_at == now + 86'400'000
    );

    const gim::auth::room_scope many(std::vector<std::string>(300, std::string(20, 'a')));
    CHECK_FALSE(asked.issue({"ann", "Ann"}, {"ann", {}, many, {}}, now));
}

TEST_CASE("what somebody else has said of a login must be what it says itself") {
    const authority open{authority_options()};
    auto r = asking("ann");
    r.name = "Root";
    CHECK(open.agree(r, {"bob"}).error().code == status::forbidden);
    CHECK(open.agree(r, {"ann"})->name == "Root");
    CHECK(open.agree(r, {"ann", "Ann"})->name == "Ann");
    CHECK(open.agree(asking(""), {"ann"})->id() == "ann");
}

TEST_CASE("with tokens the token says who it is, and no other token is made from it") {
    const auto strict = with_tokens();
    const auto who = strict.admit(asking("", token_for("ann")), now);
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->expires_at == now + 3'600'000);
    CHECK(strict.admit(asking("ann", token_for("ann")), now));
    CHECK_FALSE(strict.issue({"ann", "Ann"}, *who, now));

    const auto other = strict.admit(asking("bob", token_for("ann")), now);
    CHECK(other.error().code == status::forbidden);
    CHECK(other.error().message == "id: must be the token's user, or absent");
    const auto none = strict.admit(asking("ann"), now);
    CHECK(none.error().code == status::unauthorized);
    CHECK(none.error().message == "token: missing");
}

TEST_CASE("nobody is system, at no door and in no mode") {
    const auto is_refused = [](const auto& answer) {
        REQUIRE(answer.has_error());
        CHECK(answer.error().code == status::forbidden);
        CHECK(answer.error().message == "id: system is for back ends");
    };
    is_refused(authority{authority_options()}.admit(asking("system"), now));
    const auto strict = with_tokens();
    const auto token = signed_token(
        gim::auth::signing_key::secret(secret),
        R"({"alg":"HS256"})",
        R"({"sub":"system","exp":1800000060})"
    );
    is_refused(strict.admit(asking("", token), now));
    is_refused(strict.verify(token, now));
    is_refused(gim::auth::identity::of("system"));
    CHECK_THROWS(gim::auth::identity("system"));
    CHECK(strict.verify(token_for("System"), now));
}

TEST_CASE("a token that a login hands out is the user's, whatever the login service calls it") {
    authority_options o;
    o.logins = login_mode::url;
    o.parties.user_claim = "uid";
    const authority asked(std::move(o));
    for (const auto* id : {"ann", "@auth0.7C1", "@.40auth0.2E7C1"}) {
        const auto who = asked.verify(*asked.issue({id, "Ann"}, {id}, now), now);
        REQUIRE(who);
        CHECK(who->id() == id);
    }
}

TEST_CASE("a token's name counts before the one that is asked for") {
    const auto strict = with_tokens();
    auto r = asking("", token_for("ann", "Ann"));
    r.name = "Root";
    CHECK(strict.admit(r, now)->name == "Ann");
    r.token = token_for("ann");
    CHECK(strict.admit(r, now)->name == "Root");
}

TEST_CASE("whatever is wrong with a token, the answer is the same") {
    const auto strict = with_tokens();
    const auto good = token_for("ann");
    for (const auto& token :
         {std::string(), std::string("x"), good + "x", good.substr(1), token_for("a:b")}) {
        const auto who = strict.admit(asking("", token), now);
        CHECK(who.error().code == status::unauthorized);
        CHECK(who.error().message == "token: not valid");
    }
    CHECK(strict.verify(good, now + 3'700'000).error().message == "token: not valid");
}

TEST_CASE("options that do not go together are told to the operator") {
    authority_options without_key;
    without_key.logins = login_mode::token;
    CHECK_THROWS_AS(authority(std::move(without_key)), std::runtime_error);
    authority_options two_without_kid;
    two_without_kid.secret = secret;
    REQUIRE(two_without_kid.keys.add({}, gim::auth::verification_key::secret("another of 16 bytes"))
    );
    CHECK_THROWS_AS(authority(std::move(two_without_kid)), std::runtime_error);
    authority_options told_apart;
    told_apart.secret = secret;
    REQUIRE(told_apart.keys.add({}, key_pair::p256().verifier()));
    CHECK(authority(std::move(told_apart)).description().starts_with("2 keys: "));
    authority_options beside;
    beside.logins = login_mode::token;
    beside.secret = secret;
    REQUIRE(beside.keys.add("p", key_pair::p256().verifier()));
    CHECK(authority(std::move(beside)).description() == "2 keys: p ES256, one without KID HS256");
}
