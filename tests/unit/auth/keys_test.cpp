#include "auth/key_set.hpp"
#include "auth/signing_key.hpp"
#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace gim::test;
using gim::auth::algorithm;
using gim::auth::key_set;
using gim::auth::signing_key;
using gim::auth::verification_key;

namespace {

std::string problem_of(const std::string& pem) {
    const auto key = verification_key::from_pem(pem);
    return key ? "none" : key.error().message;
}
std::string private_problem_of(const std::string& pem) {
    const auto key = signing_key::from_pem(pem);
    return key ? "none" : key.error().message;
}

}  // namespace

TEST_CASE("the kind of a key decides its algorithm") {
    CHECK(verification_key::secret("x").signs() == algorithm::hs256);
    CHECK(key_pair::rsa().verifier().signs() == algorithm::rs256);
    CHECK(key_pair::p256().verifier().signs() == algorithm::es256);
    CHECK(key_pair::ed25519().verifier().signs() == algorithm::eddsa);
    CHECK(key_pair::p256().signer().signs() == algorithm::es256);
}

TEST_CASE("keys that are weak, of another kind, private or none are refused with what is allowed") {
    const auto not_known =
        "must be a key of RSA of 2048 to 8192 bits (RS256), P-256 (ES256) or Ed25519 (EdDSA)";
    CHECK(problem_of(key_pair(EVP_RSA_gen(1024)).public_pem()) == not_known);
    CHECK(problem_of(key_pair(EVP_EC_gen("P-384")).public_pem()) == not_known);
    CHECK(
        problem_of(key_pair(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")).public_pem()) ==
        not_known
    );
    CHECK(private_problem_of(key_pair(EVP_RSA_gen(1024)).private_pem()) == not_known);
    CHECK(problem_of(key_pair::rsa().private_pem()).starts_with("holds a private key"));
    for (const std::string& no_key :
         {std::string(), std::string("hello"), key_pair::rsa().public_pem().substr(0, 100)}) {
        CHECK(problem_of(no_key) == "must be a public key in PEM (BEGIN PUBLIC KEY)");
        CHECK(private_problem_of(no_key) == "must be a private key in PEM without a passphrase");
    }
    CHECK(private_problem_of(key_pair::rsa().public_pem()) != "none");
}

TEST_CASE("a private key with a passphrase is refused, without a question at the terminal") {
    const gim::auth::memory_bio bio(BIO_new(BIO_s_mem()));
    unsigned char phrase[] = "phrase";
    REQUIRE(
        PEM_write_bio_PrivateKey(
            bio.get(), key_pair::p256().get(), EVP_aes_128_cbc(), phrase, 6, nullptr, nullptr
        ) == 1
    );
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    CHECK(private_problem_of(std::string(bytes, static_cast<std::size_t>(size))) != "none");
}

TEST_CASE("a set has one key for an id and an algorithm, and finds it by both") {
    using gim::auth::token_fault;
    key_set keys;
    const auto fault = [&](std::optional<std::string_view> kid, std::string_view alg) {
        const auto found = keys.find(kid, alg);
        REQUIRE(found.has_error());
        return found.error();
    };
    const auto found = [&](std::optional<std::string_view> kid, std::string_view alg) {
        const auto key = keys.find(kid, alg);
        REQUIRE(key);
        CHECK(name_of((*key)->signs()) == alg);
        return *key;
    };
    CHECK(keys.is_empty());
    CHECK(fault("a", "ES256") == token_fault::unknown_key);
    CHECK(fault({}, "ES256") == token_fault::unknown_key);
    REQUIRE(keys.add("a", key_pair::p256().verifier()));
    CHECK(keys.describe() == "1 key: a ES256");
    CHECK(fault("b", "ES256") == token_fault::unknown_key);
    CHECK(fault({}, "ES256") == token_fault::unknown_key);
    CHECK(fault("a", "HS256") == token_fault::wrong_algorithm);
    REQUIRE(keys.add("", key_pair::ed25519().verifier()));
    REQUIRE(keys.add({}, verification_key::secret("s")));
    CHECK(keys.size() == 3);
    CHECK(keys.describe() == "3 keys:  EdDSA, a ES256, one without KID HS256");
    found("a", "ES256");
    found("", "EdDSA");
    CHECK(found("b", "HS256") == found({}, "HS256"));
    // A known KID is never for the key without one.
    CHECK(fault("a", "HS256") == token_fault::wrong_algorithm);
    CHECK(fault({}, "RS256") == token_fault::wrong_algorithm);
    CHECK(fault("a", "none") == token_fault::wrong_algorithm);
    CHECK(fault("a", "") == token_fault::wrong_algorithm);

    REQUIRE(keys.add("a", key_pair::rsa().verifier()));
    REQUIRE(keys.add({}, key_pair::rsa().verifier()));
    CHECK(found("a", "RS256") != found("a", "ES256"));
    found({}, "RS256");
    found("b", "RS256");
    CHECK(
        keys.add("a", key_pair::rsa().verifier()).error().message ==
        "the KID \"a\" is taken by another key that checks RS256"
    );
    CHECK(keys.add({}, verification_key::secret("t"))
              .error()
              .message.starts_with("there is a key without KID already that checks HS256"));
    CHECK(
        keys.describe() ==
        "5 keys:  EdDSA, a ES256, a RS256, one without KID HS256, one without "
        "KID RS256"
    );
}

TEST_CASE("a signature is good for its text and its key only") {
    for (const auto* pair : {&key_pair::rsa(), &key_pair::p256(), &key_pair::ed25519()}) {
        const auto key = pair->verifier();
        const auto signature = pair->signer().sign("text");
        CHECK(key.verify("text", signature));
        CHECK_FALSE(key.verify("Text", signature));
        CHECK_FALSE(key.verify("", signature));
        CHECK_FALSE(key.verify("text", ""));
        CHECK_FALSE(verification_key::secret("x").verify("text", signature));
    }
    const auto other = key_pair(EVP_EC_gen("P-256"));
    CHECK_FALSE(other.verifier().verify("text", key_pair::p256().signer().sign("text")));
}
