#include "auth/jwks.hpp"

#include "auth/base64url.hpp"
#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <openssl/core_names.h>
#include <string>
#include <vector>

using namespace gim::test;
using gim::auth::algorithm;
using gim::auth::read_jwks;
using gim::auth::to_base64url;

namespace {

std::string number_in(EVP_PKEY* key, const char* name, int width = 0) {
    BIGNUM* raw = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
    const gim::auth::big_number n(raw);
    std::string bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(raw)), '\0');
    BN_bn2binpad(
        raw, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())
    );
    return to_base64url(bytes);
}

std::string rsa(const std::string& more = {}) {
    auto* key = key_pair::rsa().get();
    return R"({"kty":"RSA","n":")" + number_in(key, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
           number_in(key, OSSL_PKEY_PARAM_RSA_E) + "\"" + more + "}";
}
std::string p256(const std::string& more = {}) {
    auto* key = key_pair::p256().get();
    return R"({"kty":"EC","crv":"P-256","x":")" + number_in(key, OSSL_PKEY_PARAM_EC_PUB_X, 32) +
           R"(","y":")" + number_in(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"" + more + "}";
}
std::string ed25519(const std::string& more = {}) {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    REQUIRE(
        EVP_PKEY_get_raw_public_key(
            key_pair::ed25519().get(), reinterpret_cast<unsigned char*>(raw.data()), &size
        ) == 1
    );
    return R"({"kty":"OKP","crv":"Ed25519","x":")" + to_base64url(raw) + "\"" + more + "}";
}

std::string set_of(const std::vector<std::string>& keys) {
    std::string text = R"({"keys":[)";
    for (std::size_t i = 0; i < keys.size(); ++i) {
        text += (i > 0 ? "," : "") + keys[i];
    }
    return text + "]}";
}

std::string problem_of(const std::string& text) {
    const auto keys = read_jwks(text);
    return keys ? "none" : keys.error().message;
}

}  // namespace

TEST_CASE("keys of every kind are read and check what their pairs sign") {
    const auto keys = read_jwks(set_of(
        {rsa(R"(,"kid":"r","use":"sig","alg":"RS256","x5c":["AAAA"],"key_ops":["verify"])"),
         p256(R"(,"kid":"p")"),
         ed25519(),
         R"({"kty":"oct","kid":"s","k":")" + to_base64url("a secret of the tests") + R"("})"}
    ));
    REQUIRE(keys);
    REQUIRE(keys->keys.size() == 4);
    CHECK(keys->left_out.empty());
    const auto& all = keys->keys;
    CHECK(all[0].kid == "r");
    CHECK(all[1].kid == "p");
    CHECK_FALSE(all[2].kid);
    CHECK(all[3].kid == "s");
    CHECK(all[0].key.signs() == algorithm::rs256);
    CHECK(all[0].key.verify("text", key_pair::rsa().signer().sign("text")));
    CHECK(all[1].key.verify("text", key_pair::p256().signer().sign("text")));
    CHECK(all[2].key.verify("text", key_pair::ed25519().signer().sign("text")));
    const auto secret = gim::auth::signing_key::secret("a secret of the tests");
    CHECK(all[3].key.verify("text", secret.sign("text")));
    CHECK_FALSE(all[3].key.verify("Text", secret.sign("text")));
}

TEST_CASE("keys for something else are left out; none left is an error") {
    const std::vector<std::string> others{
        rsa(R"(,"use":"enc")"),
        rsa(R"(,"use":null)"),
        rsa(R"(,"alg":"RS512")"),
        p256(R"(,"alg":"RS256")"),
        R"({"kty":"EC","crv":"P-384","x":"AA","y":"AA"})",
        R"({"kty":"OKP","crv":"X25519","x":"AA"})",
        R"({"kty":"other"})",
        "{}",
        "5",
        R"(["keys"])"};
    auto with_one = others;
    with_one.push_back(p256());
    const auto keys = read_jwks(set_of(with_one));
    REQUIRE(keys);
    CHECK(keys->keys.size() == 1);
    CHECK(keys->left_out.size() == others.size());
    CHECK(keys->left_out[2] == "key 3: not for signatures of RS256, ES256, EdDSA or HS256");
    CHECK(keys->left_out.back() == "key 10: must be a JSON object, with no key twice");
    const std::string nothing = "holds no key that checks RS256, ES256, EdDSA or HS256";
    CHECK(problem_of(set_of(others)).starts_with(nothing + "; key 1: "));
    CHECK(problem_of(set_of({})) == nothing);
}

TEST_CASE("a broken, small or odd key is left out, and says where it is; the others count") {
    const std::string broken = "key 2 (kid \"k\"): its numbers are missing or make no public key";
    const auto x = to_base64url(std::string(32, '\x05'));
    for (const auto& key :
         {std::string(R"({"kid":"k","kty":"RSA"})"),
          std::string(R"({"kid":"k","kty":"RSA","n":"","e":"AQAB"})"),
          std::string(R"({"kid":"k","kty":"RSA","n":"!","e":"AQAB"})"),
          std::string(R"({"kid":"k","kty":"EC","crv":"P-256"})"),
          R"({"kid":"k","kty":"EC","crv":"P-256","x":")" + x + R"(","y":")" + x + R"("})",
          std::string(R"({"kid":"k","kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
          std::string(R"({"kid":"k","kty":"OKP","crv":"Ed25519","x":"AA"})")}) {
        CAPTURE(key);
        const auto set = read_jwks(set_of({p256(), key, rsa()}));
        REQUIRE(set);
        CHECK(set->keys.size() == 2);
        CHECK(set->left_out == std::vector<std::string>{broken});
        CHECK(
            problem_of(set_of({key})).find("; key 1 (kid \"k\"): its numbers") != std::string::npos
        );
    }
    const auto small = "AQ" + std::string(170, 'A') + "B";
    for (const auto& key :
         {std::string(R"({"kty":"oct","k":"c2hvcnQ"})"),
          R"({"kty":"RSA","e":"AQAB","n":")" + small + R"("})",
          std::string(R"({"kty":"RSA","kty":"EC"})"),
          std::string("null")}) {
        CAPTURE(key);
        const auto set = read_jwks(set_of({key, p256()}));
        REQUIRE(set);
        CHECK(set->keys.size() == 1);
        REQUIRE(set->left_out.size() == 1);
        CHECK(set->left_out.front().starts_with("key 1: "));
        CHECK_FALSE(read_jwks(set_of({key})));
    }
}

TEST_CASE("what a set or a key has besides is not looked at") {
    std::string wide;
    for (int i = 0; i < 100; ++i) {
        wide += ",\"m" + std::to_string(i) + "\":[1e999,{\"a\":1,\"a\":2}]";
    }
    const auto deep = ",\"x5c\":" + std::string(200, '[') + std::string(200, ']');
    const auto set = read_jwks("{\"more\":1e999,\"keys\":[" + p256(wide + deep) + "]" + wide + "}");
    REQUIRE(set);
    CHECK(set->keys.size() == 1);
}

TEST_CASE("a text that is no set of keys is an error") {
    for (const char* text :
         {"",
          "[]",
          "{}",
          R"({"keys":{}})",
          R"({"keys":null})",
          R"({"kty":"RSA"})",
          R"({"keys":[],"keys":[]})"}) {
        CHECK(problem_of(text) == "must be a JSON Web Key Set: {\"keys\":[...]}");
    }
}
