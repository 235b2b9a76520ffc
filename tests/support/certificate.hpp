#pragma once

#include "net/tls_context.hpp"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>

namespace gim::test {

// A key, and a certificate that it signed for itself, in two files that go when this goes.
class certificate {
public:
    explicit certificate(const std::string& name) {
        std::random_device random;
        const auto base = std::filesystem::temp_directory_path() /
                          ("gim_tls_" + std::to_string(random()) + std::to_string(random()));
        files = {base.string() + ".cert", base.string() + ".key"};
        write(name);
    }
    ~certificate() {
        std::error_code ignored;
        std::filesystem::remove(files.certificates, ignored);
        std::filesystem::remove(files.key, ignored);
    }
    certificate(const certificate&) = delete;
    certificate& operator=(const certificate&) = delete;

    // Both files anew, with another key.
    void write(const std::string& name) {
        const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
            EVP_EC_gen("P-256"), EVP_PKEY_free
        );
        const std::unique_ptr<X509, void (*)(X509*)> cert(X509_new(), X509_free);
        X509_set_version(cert.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(cert.get()), 1);
        X509_gmtime_adj(X509_getm_notBefore(cert.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
        X509_set_pubkey(cert.get(), key.get());
        X509_NAME* const subject = X509_get_subject_name(cert.get());
        const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
        X509_set_issuer_name(cert.get(), subject);
        if (X509_sign(cert.get(), key.get(), EVP_sha256()) == 0) {
            throw std::runtime_error("cannot sign a certificate");
        }
        to_file(files.certificates, [&](std::FILE* f) { return PEM_write_X509(f, cert.get()); });
        to_file(files.key, [&](std::FILE* f) {
            return PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        });
    }
    // The key file, of an own key, that needs a passphrase.
    void write_locked_key() {
        const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
            EVP_EC_gen("P-256"), EVP_PKEY_free
        );
        std::string passphrase = "secret";
        to_file(files.key, [&](std::FILE* f) {
            return PEM_write_PrivateKey(
                f, key.get(), EVP_aes_128_cbc(), nullptr, 0, nullptr, passphrase.data()
            );
        });
    }

    net::tls_files files;

private:
    template <class Write>
    static void to_file(const std::string& path, Write write_to) {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> f(
            std::fopen(path.c_str(), "w"), std::fclose
        );
        if (!f || write_to(f.get()) != 1) {
            throw std::runtime_error("cannot write " + path);
        }
    }
};

// What a server with these files has.
inline std::unique_ptr<net::tls_context> opened(const certificate& of) {
    auto context = net::tls_context::open(of.files);
    if (!context) {
        throw std::runtime_error(context.error().message);
    }
    return std::move(*context);
}

}  // namespace gim::test
