#include "auth/jwks.hpp"

#include "auth/base64url.hpp"
#include "auth/claim_set.hpp"
#include "auth/openssl.hpp"
#include "json/json_scan.hpp"

#include <memory>
#include <new>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <utility>

namespace gim::auth {

namespace {

using model::bad_request;
using model::result;

using parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, openssl_free<OSSL_PARAM_BLD_free>>;
using parameters = std::unique_ptr<OSSL_PARAM, openssl_free<OSSL_PARAM_free>>;

constexpr std::size_t p256_bytes = 32;
constexpr std::size_t ed25519_bytes = 32;

std::optional<std::string> bytes_in(const claim_set& key, std::string_view name) {
    const auto text = key.text(name);
    return text ? from_base64url(*text) : std::nullopt;
}

// Null if the parameters are no key.
std::shared_ptr<EVP_PKEY> make_key(const char* type, OSSL_PARAM_BLD* builder) {
    const parameters from(OSSL_PARAM_BLD_to_param(builder));
    const evp_key_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    if (!from || !context || EVP_PKEY_fromdata_init(context.get()) != 1) {
        throw std::bad_alloc();
    }
    EVP_PKEY* raw = nullptr;
    if (EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, from.get()) != 1) {
        ERR_clear_error();
        return nullptr;
    }
    std::shared_ptr<EVP_PKEY> key(raw, &EVP_PKEY_free);
    const evp_key_context check(EVP_PKEY_CTX_new_from_pkey(nullptr, raw, nullptr));
    if (!check) {
        throw std::bad_alloc();
    }
    const bool is_sound = EVP_PKEY_public_check(check.get()) == 1;
    ERR_clear_error();
    return is_sound ? key : nullptr;
}

std::shared_ptr<EVP_PKEY> rsa_key(const claim_set& from) {
    const auto n = bytes_in(from, "n");
    const auto e = bytes_in(from, "e");
    constexpr std::size_t most_bytes = 1024;  // 8192 bits
    if (!n || !e || n->size() > most_bytes || e->size() > most_bytes) {
        return nullptr;
    }
    const big_number modulus(BN_bin2bn(bytes_of(*n), static_cast<int>(n->size()), nullptr));
    const big_number exponent(BN_bin2bn(bytes_of(*e), static_cast<int>(e->size()), nullptr));
    const parameter_builder builder(OSSL_PARAM_BLD_new());
    if (!modulus || !exponent || !builder ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
        throw std::bad_alloc();
    }
    return make_key("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> p256_key(const claim_set& from) {
    const auto x = bytes_in(from, "x");
    const auto y = bytes_in(from, "y");
    if (!x || !y || x->size() != p256_bytes || y->size() != p256_bytes) {
        return nullptr;
    }
    const std::string point = '\x04' + *x + *y;  // both numbers, uncompressed (SEC 1, 2.3.3)
    const parameter_builder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(
            builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0
        ) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(
            builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()
        ) != 1) {
        throw std::bad_alloc();
    }
    return make_key("EC", builder.get());
}

std::shared_ptr<EVP_PKEY> ed25519_key(const claim_set& from) {
    const auto x = bytes_in(from, "x");
    if (!x || x->size() != ed25519_bytes) {
        return nullptr;
    }
    return {
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size()),
        &EVP_PKEY_free};
}

// What the key would sign with; empty if it is nothing that gim checks.
std::optional<algorithm> meant_for(const claim_set& from) {
    const auto type = from.text("kty");
    const auto curve = from.text("crv");
    std::optional<algorithm> found;
    if (type == "RSA") {
        found = algorithm::rs256;
    } else if (type == "EC" && curve == "P-256") {
        found = algorithm::es256;
    } else if (type == "OKP" && curve == "Ed25519") {
        found = algorithm::eddsa;
    } else if (type == "oct") {
        found = algorithm::hs256;
    }
    const bool is_other_use = from.has("use") && from.text("use") != "sig";
    if (!found || is_other_use || (from.has("alg") && from.text("alg") != name_of(*found))) {
        return std::nullopt;
    }
    return found;
}

result<verification_key> read_key(const claim_set& from) {
    const auto kind = meant_for(from);
    if (!kind) {
        return bad_request("not for signatures of RS256, ES256, EdDSA or HS256");
    }
    if (*kind == algorithm::hs256) {
        auto secret = bytes_in(from, "k");
        if (!secret || secret->size() < min_secret_bytes) {
            return bad_request("a secret must have 16 bytes at least, in base64url");
        }
        return verification_key::secret(*std::move(secret));
    }
    auto key = *kind == algorithm::rs256   ? rsa_key(from)
               : *kind == algorithm::es256 ? p256_key(from)
                                           : ed25519_key(from);
    if (!key) {
        return bad_request("its numbers are missing or make no public key");
    }
    return verification_key::public_key(std::move(key));
}

result<jwk> read_jwk(const claim_set& from) {
    auto key = read_key(from);
    if (!key) {
        return key.error();
    }
    return jwk{from.text("kid"), *std::move(key)};
}

// "key 2 (kid "a")"
std::string place_of(std::size_t index, const std::optional<claim_set>& from) {
    auto place = "key " + std::to_string(index + 1);
    const auto kid = from ? from->text("kid") : std::nullopt;
    return kid ? place + " (kid \"" + *kid + "\")" : place;
}

}  // namespace

result<jwks> read_jwks(std::string_view text) {
    constexpr std::string_view of_set[] = {"keys"};
    constexpr std::string_view of_key[] = {
        "kty", "crv", "use", "alg", "kid", "n", "e", "x", "y", "k"};
    const auto members = json::find_members(text);
    std::optional<std::vector<std::string_view>> list;
    if (claim_set::read(text, of_set)) {
        for (const auto& m : *members) {
            if (m.name == "keys") {
                list = json::find_elements(m.value);
            }
        }
    }
    if (!list) {
        return bad_request("must be a JSON Web Key Set: {\"keys\":[...]}");
    }
    jwks found;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto from = claim_set::read((*list)[i], of_key);
        auto key = from ? read_jwk(*from) : bad_request("must be a JSON object, with no key twice");
        if (key) {
            found.keys.push_back(*std::move(key));
        } else {
            found.left_out.push_back(place_of(i, from) + ": " + key.error().message);
        }
    }
    if (found.keys.empty()) {
        std::string why = "holds no key that checks RS256, ES256, EdDSA or HS256";
        for (const auto& one : found.left_out) {
            why += "; " + one;
        }
        return bad_request(std::move(why));
    }
    return found;
}

}  // namespace gim::auth
