#include "net/tls_context.hpp"

#include <new>
#include <openssl/err.h>
#include <openssl/ssl.h>
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
protocol::error wrong(const std::string& what, const std::string& file, const char* rule) {
    auto text = what + ' ' + file + ": ";
    const bool is_unreadable = ERR_SYSTEM_ERROR(ERR_peek_error()) != 0;
    text += is_unreadable ? reason() : rule + (" (" + reason() + ')');
    return protocol::bad_request(std::move(text));
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

protocol::result<std::unique_ptr<tls_context>> tls_context::open(tls_files files) {
    auto s = read(files);
    if (!s) {
        return s.error();
    }
    return std::unique_ptr<tls_context>(new tls_context(std::move(files), std::move(*s)));
}

protocol::result<void> tls_context::reload() {
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

protocol::result<tls_context::settings> tls_context::read(const tls_files& files) {
    ERR_clear_error();
    const settings s(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    if (!s || !set_rules(s.get())) {
        return protocol::error{protocol::status::internal, "OpenSSL: " + reason()};
    }
    if (SSL_CTX_use_certificate_chain_file(s.get(), files.certificates.c_str()) != 1) {
        return wrong("certificate", files.certificates, "must be a chain in PEM");
    }
    if (SSL_CTX_use_PrivateKey_file(s.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(s.get()) != 1) {
        return wrong(
            "key", files.key, "must be that of the certificate, in PEM, without a passphrase"
        );
    }
    return s;
}

}  // namespace gim::net
