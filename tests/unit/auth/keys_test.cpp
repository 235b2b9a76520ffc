#include "auth/key_set.hpp"
#include "auth/signing_key.hpp"
#include "unit/auth/tokens.hpp"

#include <doctest/doctest.h>

#include <string>

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

TEST_CASE("a set has one key an id, and one without at most") {
    key_set keys;
    CHECK(keys.is_empty());
    CHECK(keys.find("a") == nullptr);
    CHECK(keys.find({}) == nullptr);
    REQUIRE(keys.add("a", key_pair::p256().verifier()));
    CHECK(keys.describe() == "1 key: a ES256");
    CHECK(keys.find("b") == nullptr);
    CHECK(keys.find({}) == nullptr);
    REQUIRE(keys.add("", key_pair::ed25519().verifier()));
    REQUIRE(keys.add({}, verification_key::secret("s")));
    CHECK(keys.size() == 3);
    CHECK(keys.describe() == "3 keys:  EdDSA, a ES256, one without KID HS256");
    CHECK(keys.find("a")->signs() == algorithm::es256);
    CHECK(keys.find("")->signs() == algorithm::eddsa);
    CHECK(keys.find("b")->signs() == algorithm::hs256);
    CHECK(keys.find({})->signs() == algorithm::hs256);
    CHECK(
        keys.add("a", key_pair::rsa().verifier()).error().message ==
        "the KID \"a\" is taken by another key"
    );
    CHECK(keys.add({}, key_pair::rsa().verifier())
              .error()
              .message.starts_with("there is a key without KID"));
    CHECK(keys.find("a")->signs() == algorithm::es256);
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
