#include "net/tls_context.hpp"

#include "base/byte_order_mark.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string>
#include <system_error>
#include <utility>

namespace gim::net {

namespace {

// In the form of RFC 7301, 3.1: each name behind its length.
constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

// Called for clients that name protocols. One that speaks none of ours must hear so, and not take
// our answers for HTTP/2.
int choose_protocol(
    SSL* /*session*/,
    const unsigned char** chosen,
    unsigned char* chosen_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void* /*ours*/
) {
    unsigned char* out = nullptr;
    const int found =
        SSL_select_next_proto(&out, chosen_size, http_1_1, sizeof http_1_1, offered, offered_size);
    *chosen = out;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// OpenSSL would ask for it at the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

// The first error of the queue is the cause; the others are of who called.
std::string reason() {
    const auto code = ERR_peek_error();
    if (ERR_SYSTEM_ERROR(code)) {
        return std::system_category().message(ERR_GET_REASON(code));
    }
    const char* const text = ERR_reason_error_string(code);
    return text != nullptr ? text : "error " + std::to_string(code);
}

// `rule` is what a file must be that could be read and is not good.
model::error wrong(const std::string& what, const std::string& file, const char* rule) {
    auto text = what + ' ' + file + ": ";
    const bool is_unreadable = ERR_SYSTEM_ERROR(ERR_peek_error()) != 0;
    text += is_unreadable ? reason() : rule + (" (" + reason() + ')');
    return model::bad_request(std::move(text));
}

struct openssl_free {
    void operator()(BIO* b) const { BIO_free(b); }
    void operator()(X509* c) const { X509_free(c); }
    void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
};
using bio = std::unique_ptr<BIO, openssl_free>;
using certificate = std::unique_ptr<X509, openssl_free>;

// What the file holds, without a byte order mark; empty if it cannot be read, with an error in
// OpenSSL's queue.
std::string read_file(const std::string& path) {
    constexpr std::size_t max_bytes = 1024 * 1024;
    const bio file(BIO_new_file(path.c_str(), "r"));
    std::string text;
    std::array<char, 4096> part;
    for (int n = 1; file && n > 0 && text.size() <= max_bytes;) {
        n = BIO_read(file.get(), part.data(), static_cast<int>(part.size()));
        text.append(part.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    }
    return std::string(base::without_byte_order_mark(text));
}

bio reader_of(const std::string& text) {
    bio reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!reader) {
        throw std::bad_alloc();
    }
    return reader;
}

// The server's certificate comes first, then those that signed it.
bool use_certificates(SSL_CTX* s, const std::string& text) {
    const bio reader = reader_of(text);
    const certificate own(PEM_read_bio_X509_AUX(reader.get(), nullptr, no_passphrase, nullptr));
    if (!own || SSL_CTX_use_certificate(s, own.get()) != 1) {
        return false;
    }
    while (certificate next{PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr)}) {
        if (SSL_CTX_add0_chain_cert(s, next.get()) != 1) {
            return false;
        }
        [[maybe_unused]] X509* const taken = next.release();
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        return false;
    }
    ERR_clear_error();  // the end of the file
    return true;
}

bool use_key(SSL_CTX* s, const std::string& text) {
    const bio reader = reader_of(text);
    const std::unique_ptr<EVP_PKEY, openssl_free> key(
        PEM_read_bio_PrivateKey(reader.get(), nullptr, no_passphrase, nullptr)
    );
    return key && SSL_CTX_use_PrivateKey(s, key.get()) == 1 && SSL_CTX_check_private_key(s) == 1;
}

bool set_rules(SSL_CTX* s) {
    SSL_CTX_set_options(
        s,
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
            SSL_OP_PRIORITIZE_CHACHA
    );
    // Otherwise every connection keeps 34 kB of buffers.
    SSL_CTX_set_mode(s, SSL_MODE_RELEASE_BUFFERS);
    // Who comes again brings a ticket; a cache would remember those who do not, too.
    SSL_CTX_set_session_cache_mode(s, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(s, choose_protocol, nullptr);
    SSL_CTX_set_default_passwd_cb(s, no_passphrase);
    return SSL_CTX_set_min_proto_version(s, TLS1_2_VERSION) == 1 &&
           // Those of TLS 1.2; OpenSSL's own for 1.3 are all good.
           SSL_CTX_set_cipher_list(s, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

}  // namespace

model::result<std::unique_ptr<tls_context>> tls_context::open(tls_files files) {
    auto s = read(files);
    if (!s) {
        return s.error();
    }
    return std::unique_ptr<tls_context>(new tls_context(std::move(files), std::move(*s)));
}

model::result<void> tls_context::reload() {
    auto s = read(files_);
    if (!s) {
        return s.error();
    }
    const std::lock_guard lock(mutex_);
    settings_ = std::move(*s);
    return {};
}

std::unique_ptr<tls_session> tls_context::new_session() const {
    settings s;
    {
        const std::lock_guard lock(mutex_);
        s = settings_;
    }
    return std::make_unique<tls_session>(*s);
}

model::result<tls_context::settings> tls_context::read(const tls_files& files) {
    ERR_clear_error();
    const settings s(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!s || !set_rules(s.get())) {
        return model::error{model::status::internal, "OpenSSL: " + reason()};
    }
    if (!use_certificates(s.get(), read_file(files.certificates))) {
        return wrong("certificate", files.certificates, "must be a chain in PEM");
    }
    if (!use_key(s.get(), read_file(files.key))) {
        return wrong(
            "key", files.key, "must be that of the certificate, in PEM, without a passphrase"
        );
    }
    return s;
}

}  // namespace gim::net
