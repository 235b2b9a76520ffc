#include "auth/token_verifier.hpp"
#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <openssl/hmac.h>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace gim::test;
using gim::auth::signing_key;
using gim::auth::to_base64url;
using gim::auth::token_fault;
using gim::auth::token_verifier;
using gim::auth::verification_key;

namespace {

const std::string secret = "a secret of 16 bytes and more";
const std::string claims = R"({"sub":"ann","exp":1800000060})";

// The keys of the server: one without KID, and one of every other kind.
token_verifier make_verifier() {
    gim::auth::key_set keys;
    REQUIRE(keys.add({}, verification_key::secret(secret)));
    REQUIRE(keys.add("rsa", key_pair::rsa().verifier()));
    REQUIRE(keys.add("p256", key_pair::p256().verifier()));
    REQUIRE(keys.add("ed", key_pair::ed25519().verifier()));
    return token_verifier(std::move(keys));
}

const token_verifier& verifier() {
    static const token_verifier one = make_verifier();
    return one;
}

std::string hs256(std::string_view body, std::string_view header = R"({"alg":"HS256"})") {
    return signed_token(signing_key::secret(secret), header, body);
}
std::string rs256(std::string_view header) {
    return signed_token(key_pair::rsa().signer(), header, claims);
}
std::string es256(std::string_view header) {
    return signed_token(key_pair::p256().signer(), header, claims);
}
std::string eddsa(std::string_view header) {
    return signed_token(key_pair::ed25519().signer(), header, claims);
}

std::string part(const std::string& token, int which) {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    return which == 0   ? token.substr(0, first)
           : which == 1 ? token.substr(first + 1, last - first - 1)
                        : token.substr(last + 1);
}

// The signature of a good ES256 token, as OpenSSL writes it.
std::string with_der_signature() {
    const auto text = unsigned_token(R"({"alg":"ES256","kid":"p256"})", claims);
    const gim::auth::evp_digest_context context(EVP_MD_CTX_new());
    std::string der(80, '\0');
    std::size_t size = der.size();
    REQUIRE(
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_pair::p256().get()) ==
        1
    );
    REQUIRE(
        EVP_DigestSign(
            context.get(),
            reinterpret_cast<unsigned char*>(der.data()),
            &size,
            gim::auth::bytes_of(text),
            text.size()
        ) == 1
    );
    der.resize(size);
    return text + "." + to_base64url(der);
}

// RS512 signed with the right RSA key.
std::string with_sha512() {
    const auto text = unsigned_token(R"({"alg":"RS512","kid":"rsa"})", claims);
    const gim::auth::evp_digest_context context(EVP_MD_CTX_new());
    std::string signature(256, '\0');
    std::size_t size = signature.size();
    REQUIRE(
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha512(), nullptr, key_pair::rsa().get()) ==
        1
    );
    REQUIRE(
        EVP_DigestSign(
            context.get(),
            reinterpret_cast<unsigned char*>(signature.data()),
            &size,
            gim::auth::bytes_of(text),
            text.size()
        ) == 1
    );
    return text + "." + to_base64url(signature);
}

std::string resigned(const std::string& token, const std::string& raw_signature) {
    return token.substr(0, token.rfind('.') + 1) + to_base64url(raw_signature);
}

std::string raw_signature(const std::string& token) {
    return gim::auth::from_base64url(part(token, 2)).value();
}

}  // namespace

TEST_CASE("a token of every kind of key is taken, before the forged ones are tried") {
    for (const auto& token :
         {hs256(claims),
          hs256(claims, R"({"alg":"HS256","typ":"JWT","kid":null})"),
          rs256(R"({"alg":"RS256","kid":"rsa"})"),
          es256(R"({"alg":"ES256","kid":"p256"})"),
          eddsa(R"({"alg":"EdDSA","kid":"ed"})")}) {
        CAPTURE(token);
        const auto who = verifier().verify(token, now);
        REQUIRE(who);
        CHECK(who->id() == "ann");
        CHECK(who->expires_at == 1'800'000'060'000);
    }
    CHECK_FALSE(verifier().verify(with_der_signature(), now));
}

TEST_CASE("forged tokens are refused, each for what is wrong with it") {
    struct row {
        const char* what;
        std::string token;
        token_fault fault;
    };
    const auto hs = hs256(claims);
    const auto rs = rs256(R"({"alg":"RS256","kid":"rsa"})");
    const auto es = es256(R"({"alg":"ES256","kid":"p256"})");
    const auto ed = eddsa(R"({"alg":"EdDSA","kid":"ed"})");
    const auto public_key_as_secret = signing_key::secret(key_pair::rsa().public_pem());
    const auto half = raw_signature(es).substr(0, 32);
    using fault = token_fault;
    const std::vector<row> rows{
        // Algorithms.
        {"alg none, no signature",
         unsigned_token(R"({"alg":"none"})", claims) + ".",
         fault::wrong_algorithm},
        {"alg None", unsigned_token(R"({"alg":"None"})", claims) + ".", fault::wrong_algorithm},
        {"alg none before a good signature",
         unsigned_token(R"({"alg":"none"})", claims) + "." + part(hs, 2),
         fault::wrong_algorithm},
        {"no alg", hs256(claims, R"({"typ":"JWT"})"), fault::header},
        {"alg is no string", hs256(claims, R"({"alg":256})"), fault::header},
        {"alg in other letters", hs256(claims, R"({"alg":"hs256"})"), fault::wrong_algorithm},
        {"the public key as a secret",
         signed_token(public_key_as_secret, R"({"alg":"HS256","kid":"rsa"})", claims),
         fault::wrong_algorithm},
        {"the public key as a secret, under alg RS256",
         signed_token(public_key_as_secret, R"({"alg":"RS256","kid":"rsa"})", claims),
         fault::signature},
        {"HS384 of the right secret", hs256(claims, R"({"alg":"HS384"})"), fault::wrong_algorithm},
        {"RS512 of the right key", with_sha512(), fault::wrong_algorithm},
        {"RS512 called RS256",
         unsigned_token(R"({"alg":"RS256","kid":"rsa"})", claims) + "." + part(with_sha512(), 2),
         fault::signature},
        {"ES256 with the kid of the RSA key",
         es256(R"({"alg":"ES256","kid":"rsa"})"),
         fault::wrong_algorithm},
        {"crit", hs256(claims, R"({"alg":"HS256","crit":["b64"],"b64":false})"), fault::critical},
        {"crit null", hs256(claims, R"({"alg":"HS256","crit":null})"), fault::critical},
        // Keys.
        {"a kid that nobody has, RSA",
         rs256(R"({"alg":"RS256","kid":"other"})"),
         fault::wrong_algorithm},
        {"no kid, RSA", rs256(R"({"alg":"RS256"})"), fault::wrong_algorithm},
        {"the wrong kid", eddsa(R"({"alg":"EdDSA","kid":"p256"})"), fault::wrong_algorithm},
        {"kid is no string", hs256(claims, R"({"alg":"HS256","kid":1})"), fault::header},
        {"kid with a NUL behind a known one",
         rs256(R"({"alg":"RS256","kid":"rsa\u0000"})"),
         fault::wrong_algorithm},
        {"another secret",
         signed_token(signing_key::secret("another secret of 16"), R"({"alg":"HS256"})", claims),
         fault::signature},
        {"another RSA key",
         signed_token(
             key_pair(EVP_RSA_gen(2048)).signer(), R"({"alg":"RS256","kid":"rsa"})", claims
         ),
         fault::signature},
        {"a key of its own in the header",
         hs256(claims, R"({"alg":"EdDSA","kid":"ed","jwk":{"kty":"oct","k":"AAAA"}})"),
         fault::signature},
        // Signatures.
        {"no signature", unsigned_token(R"({"alg":"HS256"})", claims) + ".", fault::signature},
        {"a changed signature", resigned(hs, std::string(32, 'x')), fault::signature},
        {"a short HMAC", resigned(hs, raw_signature(hs).substr(0, 31)), fault::signature},
        {"a long HMAC", resigned(hs, raw_signature(hs) + "x"), fault::signature},
        {"ES256 in DER", with_der_signature(), fault::signature},
        {"ES256, one number only", resigned(es, half), fault::signature},
        {"ES256, 63 bytes", resigned(es, raw_signature(es).substr(1)), fault::signature},
        {"ES256, 65 bytes", resigned(es, raw_signature(es) + '\0'), fault::signature},
        {"ES256 of zeros", resigned(es, std::string(64, '\0')), fault::signature},
        {"ES256 of ones", resigned(es, std::string(64, '\xff')), fault::signature},
        {"EdDSA, 63 bytes", resigned(ed, raw_signature(ed).substr(1)), fault::signature},
        {"EdDSA of zeros", resigned(ed, std::string(64, '\0')), fault::signature},
        {"RS256, 255 bytes", resigned(rs, raw_signature(rs).substr(1)), fault::signature},
        {"RS256, 257 bytes", resigned(rs, '\0' + raw_signature(rs)), fault::signature},
        {"the claims of another token",
         part(hs, 0) + "." + to_base64url(R"({"sub":"root","exp":1800000060})") + "." + part(hs, 2),
         fault::signature},
        // Shape.
        {"nothing", "", fault::shape},
        {"no dots", part(hs, 0), fault::shape},
        {"one dot", part(hs, 0) + "." + part(hs, 1), fault::shape},
        {"three dots", hs + ".", fault::shape},
        {"five parts, as if encrypted", hs + ".AAAA.AAAA", fault::shape},
        {"only dots", "..", fault::header},
        {"padded", hs + "=", fault::base64},
        {"padded header", part(hs, 0) + "==." + part(hs, 1) + "." + part(hs, 2), fault::base64},
        {"a space before it", " " + hs, fault::base64},
        {"a line end behind it", hs + "\n", fault::base64},
        {"a NUL behind it", hs + '\0', fault::base64},
        {"a NUL inside", hs.substr(0, 10) + '\0' + hs.substr(10), fault::base64},
        {"base64 that is not for URLs", part(hs, 0) + ".+/+/." + part(hs, 2), fault::base64},
        {"bits that say nothing", hs.substr(0, hs.size() - 1) + "B", fault::base64},
        {"too long", hs256(R"({"sub":")" + std::string(4096, 'a') + "\"}"), fault::too_long},
        {"a header that is no JSON", hs256(claims, "alg"), fault::header},
        {"a header that is a list", hs256(claims, "[]"), fault::header},
        {"a header with alg twice",
         hs256(claims, R"({"alg":"none","alg":"HS256"})"),
         fault::header},
        // Claims of a genuine token.
        {"claims that are no JSON", hs256("sub"), fault::claims},
        {"claims that are a list", hs256("[]"), fault::claims},
        {"claims that are not UTF-8", hs256("{\"sub\":\"\xff\"}"), fault::claims},
        {"sub twice", hs256(R"({"sub":"ann","sub":"root","exp":1800000060})"), fault::claims},
        {"exp twice", hs256(R"({"sub":"a","exp":1800000060,"exp":1800000061})"), fault::claims},
        {"claims that end too soon", hs256(R"({"sub":"a","exp":1800000060,"x":[)"), fault::claims},
        {"no exp", hs256(R"({"sub":"ann"})"), fault::expiry},
        {"exp null", hs256(R"({"sub":"ann","exp":null})"), fault::expiry},
        {"exp in a string", hs256(R"({"sub":"ann","exp":"1800000060"})"), fault::expiry},
        {"a negative exp", hs256(R"({"sub":"ann","exp":-1})"), fault::expiry},
        {"a huge exp", hs256(R"({"sub":"ann","exp":18446744073709551615})"), fault::expiry},
        {"an exp that no double holds", hs256(R"({"sub":"ann","exp":1e400})"), fault::expiry},
        {"a fraction after the year 9999",
         hs256(R"({"sub":"ann","exp":253402300799.5})"),
         fault::expiry},
        {"an exp beyond 64 bits", hs256(R"({"sub":"ann","exp":1e300})"), fault::expiry},
        {"exp in milliseconds", hs256(R"({"sub":"ann","exp":1800000060000})"), fault::expiry},
        {"exp true", hs256(R"({"sub":"ann","exp":true})"), fault::expiry},
        {"expired", hs256(R"({"sub":"ann","exp":1799999970})"), fault::expired},
        {"expired for ever", hs256(R"({"sub":"ann","exp":0})"), fault::expired},
        {"nbf to come",
         hs256(R"({"sub":"ann","exp":1800000060,"nbf":1800000031})"),
         fault::too_early},
        {"nbf in a string",
         hs256(R"({"sub":"ann","exp":1800000060,"nbf":"0"})"),
         fault::not_before},
        {"a huge nbf",
         hs256(R"({"sub":"ann","exp":1800000060,"nbf":9223372036854775807})"),
         fault::not_before},
        {"no sub", hs256(R"({"exp":1800000060})"), fault::subject},
        {"an empty sub", hs256(R"({"sub":"","exp":1800000060})"), fault::subject},
        {"a number for sub", hs256(R"({"sub":1001,"exp":1800000060})"), fault::subject},
        {"a sub that is no Unicode text",
         hs256(R"({"sub":"\ud800","exp":1800000060})"),
         fault::subject},
        {"the sub of back ends", hs256(R"({"sub":"system","exp":1800000060})"), fault::back_end},
        {"the sub of back ends, as gim's own token",
         hs256(R"({"sub":"system","exp":1800000060})", R"({"alg":"HS256","typ":"gim+jwt"})"),
         fault::back_end},
        {"gim's own token with a sub that is no id",
         hs256(R"({"sub":"a:b","exp":1800000060})", R"({"alg":"HS256","typ":"gim+jwt"})"),
         fault::subject},
        {"rooms in a string", hs256(R"({"sub":"ann","exp":1800000060,"rooms":"a"})"), fault::rooms},
        {"rooms null", hs256(R"({"sub":"ann","exp":1800000060,"rooms":null})"), fault::rooms},
        {"rooms with a number",
         hs256(R"({"sub":"ann","exp":1800000060,"rooms":["a",1]})"),
         fault::rooms},
        {"rooms with a session id",
         hs256(R"({"sub":"ann","exp":1800000060,"rooms":["1:a"]})"),
         fault::rooms},
    };
    for (const auto& r : rows) {
        CAPTURE(r.what);
        const auto who = verifier().verify(r.token, now);
        REQUIRE(who.has_error());
        CHECK(describe(who.error()) == describe(r.fault));
    }
}

TEST_CASE("every fault is told in words of its own, without anything of a token") {
    std::set<std::string_view> told;
    for (int i = 0; i <= static_cast<int>(token_fault::audience); ++i) {
        told.insert(describe(static_cast<token_fault>(i)));
    }
    CHECK(told.size() == static_cast<std::size_t>(token_fault::audience) + 1);
    CHECK(told.count("unknown") == 0);
}

TEST_CASE("a token without a kid needs a key without one, and no key means refusal") {
    gim::auth::key_set keys;
    REQUIRE(keys.add("a", verification_key::secret(secret)));
    const token_verifier only_named(std::move(keys));
    CHECK(only_named.verify(hs256(claims), now).error() == token_fault::unknown_key);
    CHECK(
        only_named.verify(hs256(claims, R"({"alg":"HS256","kid":"b"})"), now).error() ==
        token_fault::unknown_key
    );
    CHECK(only_named.verify(hs256(claims, R"({"alg":"HS256","kid":"a"})"), now));
    const token_verifier none{gim::auth::key_set()};
    CHECK(none.verify(hs256(claims), now).error() == token_fault::unknown_key);
    // A kid that nobody has is for the one key without a kid.
    CHECK(verifier().verify(hs256(claims, R"({"alg":"HS256","kid":"b"})"), now));
}

TEST_CASE("the clocks may be 30 seconds apart, and no more") {
    const auto expires = hs256(R"({"sub":"ann","exp":1800000000})");
    CHECK(verifier().verify(expires, now + 29'999));
    CHECK(verifier().verify(expires, now + 30'000).error() == token_fault::expired);
    const auto begins = hs256(R"({"sub":"ann","exp":1800009999,"nbf":1800000000})");
    CHECK(verifier().verify(begins, now - 30'000));
    CHECK(verifier().verify(begins, now - 30'001).error() == token_fault::too_early);
}

TEST_CASE("a token must be from and for whom the server says, if it says so") {
    gim::auth::key_set keys;
    REQUIRE(keys.add({}, verification_key::secret(secret)));
    const token_verifier strict(std::move(keys), {"https://id.example", "gim"});
    const auto of = [](const std::string& more) {
        return hs256(R"({"sub":"ann","exp":1800000060,"rooms":["a"])" + more + "}");
    };
    const std::string from = R"(,"iss":"https://id.example")";
    for (const auto* aud :
         {R"("gim")", R"(["gim"])", R"(["x","gim","y"])", R"([1,null,{"aud":"x"},"gim"])"}) {
        CAPTURE(aud);
        const auto who = strict.verify(of(from + R"(,"aud":)" + aud), now);
        REQUIRE(who);
        CHECK(who->id() == "ann");
        CHECK(who->rooms.allows("a"));
        CHECK_FALSE(who->rooms.allows("gim"));
    }
    for (const auto* iss :
         {R"(,"other":"https://id.example")",
          R"(,"iss":null)",
          R"(,"iss":["https://id.example"])",
          R"(,"iss":{"iss":"https://id.example"})",
          R"(,"iss":"https://id.example/")",
          R"(,"iss":"HTTPS://id.example")",
          R"(,"iss":"https://id.example\u0000")",
          R"(,"iss":"")"}) {
        CAPTURE(iss);
        const auto token = of(std::string(iss) + R"(,"aud":"gim")");
        CHECK(strict.verify(token, now).error() == token_fault::issuer);
        CHECK(verifier().verify(token, now));
    }
    for (const auto* aud :
         {"",
          R"(,"aud":null)",
          R"(,"aud":"other")",
          R"(,"aud":"Gim")",
          R"(,"aud":"gim ")",
          R"(,"aud":"x gim")",
          R"(,"aud":[])",
          R"(,"aud":[["gim"]])",
          R"(,"aud":[{"aud":"gim"}])",
          R"(,"aud":{"aud":"gim"})",
          R"(,"aud":["x","gi","gimm"])",
          R"(,"aud":1)"}) {
        CAPTURE(aud);
        const auto token = of(from + aud);
        CHECK(strict.verify(token, now).error() == token_fault::audience);
        CHECK(verifier().verify(token, now));
    }
    CHECK(
        strict.verify(of(from + R"(,"aud":"x","aud":"gim")"), now).error() == token_fault::claims
    );
}

TEST_CASE("the claims say the user, the name, the rooms and the end") {
    const auto who = verifier().verify(
        hs256(
            R"({"iss":"x","aud":["y"],"sub":"ann","name":"Ann \u00e9","exp":253402300799,"nbf":null,
                "rooms":["b","a.b-c_d@e","a"],"other":{"rooms":["no"],"exp":"no"}})"
        ),
        now
    );
    REQUIRE(who);
    CHECK(who->id() == "ann");
    CHECK(who->name == "Ann \xc3\xa9");
    CHECK(who->expires_at == 253'402'300'799'000);
    for (const char* room : {"a", "b", "a.b-c_d@e"}) {
        CHECK(who->rooms.allows(room));
    }
    for (const char* room : {"", "c", "no", "aa", "A"}) {
        CHECK_FALSE(who->rooms.allows(room));
    }
    const auto nowhere =
        verifier().verify(hs256(R"({"sub":"a","exp":1800000060,"rooms":[]})"), now);
    REQUIRE(nowhere);
    CHECK_FALSE(nowhere->rooms.allows("a"));
    CHECK_FALSE(nowhere->name);
    const auto everywhere = verifier().verify(hs256(claims), now);
    REQUIRE(everywhere);
    CHECK(everywhere->rooms.allows("a"));
}

TEST_CASE("times may have fractions (RFC 7519, 2)") {
    const auto who = verifier().verify(
        hs256(R"({"sub":"ann","exp":1800000060.75,"nbf":1799999999.999,"iat":1.8e9})"), now
    );
    REQUIRE(who);
    CHECK(who->expires_at == 1'800'000'060'750);
    CHECK(verifier().verify(hs256(R"({"sub":"ann","exp":1.80000006e9})"), now));
    CHECK(
        verifier().verify(hs256(R"({"sub":"ann","exp":1799999970.0})"), now).error() ==
        token_fault::expired
    );
    CHECK(
        verifier().verify(hs256(R"({"sub":"ann","exp":1.9e9,"nbf":1800000030.5})"), now).error() ==
        token_fault::too_early
    );
}

TEST_CASE("claims and header fields that nobody asked for may be anything") {
    std::string wide = R"({"k":0)";
    for (int i = 0; i < 80; ++i) {
        wide += ",\"k" + std::to_string(i) + "\":0";
    }
    for (const auto& value :
         {wide + "}",
          std::string("1e400"),
          "1" + std::string(400, '0'),
          std::string(40, '[') + std::string(40, ']'),
          std::string(R"({"a":1,"a":2})"),
          std::string(R"("\ud800")"),
          std::string("null")}) {
        CAPTURE(value);
        const auto who = verifier().verify(
            hs256(
                R"({"iss":)" + value + R"(,"sub":"ann","aud":)" + value + R"(,"x":)" + value +
                    R"(,"x":1,"exp":1800000060})",
                R"({"jwk":)" + value + R"(,"alg":"HS256"})"
            ),
            now
        );
        REQUIRE(who);
        CHECK(who->id() == "ann");
    }
    // And the claims themselves as many as fit.
    CHECK(verifier().verify(hs256(wide + R"(,"sub":"ann","exp":1800000060})"), now));
}

TEST_CASE("a name is never a reason to refuse: it is cut, or ignored") {
    const auto name_of_token = [](const std::string& name) {
        const auto who =
            verifier().verify(hs256(R"({"sub":"ann","exp":1800000060,"name":)" + name + "}"), now);
        REQUIRE(who);
        return who->name;
    };
    for (const char* none :
         {R"("")", "null", "5", "{}", R"(["Ann"])", R"("\ud800")", R"("\u0000\n")", "1e400"}) {
        CAPTURE(none);
        CHECK_FALSE(name_of_token(none));
    }
    CHECK(name_of_token(R"("a\nb\u007f\u0085c")") == "abc");
    const std::string n63(63, 'n');
    CHECK(name_of_token('"' + n63 + "nnn\"") == n63 + "n");
    CHECK(name_of_token('"' + n63 + "\xc3\xa9\"") == n63);
    CHECK(
        name_of_token('"' + std::string(60, 'n') + "\xf0\x9f\xa6\x8a!\"") ==
        std::string(60, 'n') + "\xf0\x9f\xa6\x8a"
    );
}

TEST_CASE("another claim may name the user, but not in gim's own tokens") {
    gim::auth::key_set keys;
    REQUIRE(keys.add({}, verification_key::secret(secret)));
    gim::auth::token_parties parties;
    parties.user_claim = "https://game.example/uid";
    const token_verifier other(std::move(keys), parties);
    const auto both = R"({"sub":"ann","https:\/\/game.example/uid":"auth0|1","exp":1800000060})";
    CHECK(other.verify(hs256(both), now)->id() == "@auth0.7C1");
    CHECK(other.verify(hs256(both, R"({"alg":"HS256","typ":"gim+jwt"})"), now)->id() == "ann");
    CHECK(other.verify(hs256(claims), now).error() == token_fault::subject);
    CHECK(verifier().verify(hs256(both), now)->id() == "ann");
}

TEST_CASE("a token cut or changed anywhere is refused, and noise never throws") {
    for (const auto& token :
         {hs256(claims),
          es256(R"({"alg":"ES256","kid":"p256"})"),
          eddsa(R"({"alg":"EdDSA","kid":"ed"})")}) {
        for (std::size_t n = 0; n < token.size(); ++n) {
            CAPTURE(n);
            CHECK_FALSE(verifier().verify(token.substr(0, n), now));
            auto changed = token;
            changed[n] = token[n] == 'A' ? 'B' : 'A';
            CHECK_FALSE(verifier().verify(changed, now));
        }
    }
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto valid = hs256(claims);
    for (int i = 0; i < 1000; ++i) {
        std::string noise(random() % 200, '\0');
        std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
        CHECK_FALSE(verifier().verify(noise, now));
        CHECK_FALSE(verifier().verify(to_base64url(noise) + "." + part(valid, 1) + ".", now));
        CHECK_FALSE(verifier().verify(hs256(noise), now));
        auto broken = valid;
        const auto at = random() % broken.size();
        broken[at] = static_cast<char>(broken[at] ^ static_cast<char>(1 + random() % 255));
        CHECK_FALSE(verifier().verify(broken, now));
    }
    CHECK_FALSE(verifier().verify(std::string(1'000'000, 'A'), now));
    CHECK_FALSE(verifier().verify(std::string(1'000'000, '.'), now));
}
