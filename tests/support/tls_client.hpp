#pragma once

#include "net/tls_session.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gim::test {

// OpenSSL as a client in memory, with all that it can be told in its context() and ssl().
class tls_client {
public:
    tls_client() { begin(); }

    SSL_CTX* context() { return context_.get(); }
    SSL* ssl() { return ssl_.get(); }
    // A new connection, as the context says now.
    void begin() {
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
    }

    // True when the handshake is done.
    bool handshake() {
        ERR_clear_error();
        return SSL_do_handshake(ssl()) == 1;
    }
    void write(std::string_view bytes) {
        std::size_t n = 0;
        if (SSL_write_ex(ssl(), bytes.data(), bytes.size(), &n) != 1 || n != bytes.size()) {
            throw std::runtime_error("the client cannot write");
        }
    }
    std::string read() {
        std::string all;
        std::array<char, 4096> chunk;
        std::size_t n = 0;
        ERR_clear_error();
        while (SSL_read_ex(ssl(), chunk.data(), chunk.size(), &n) == 1) {
            all.append(chunk.data(), n);
        }
        return all;
    }
    bool was_closed() { return (SSL_get_shutdown(ssl()) & SSL_RECEIVED_SHUTDOWN) != 0; }
    // The common name of the server's certificate.
    std::string server_name() {
        const std::unique_ptr<X509, void (*)(X509*)> cert(
            SSL_get1_peer_certificate(ssl()), X509_free
        );
        std::array<char, 64> name{};
        X509_NAME_get_text_by_NID(
            X509_get_subject_name(cert.get()), NID_commonName, name.data(), name.size()
        );
        return name.data();
    }

    // Ciphertext.
    void feed(std::string_view bytes) {
        BIO_write(SSL_get_rbio(ssl()), bytes.data(), static_cast<int>(bytes.size()));
    }
    std::string output() {
        char* data = nullptr;
        const auto size = BIO_get_mem_data(SSL_get_wbio(ssl()), &data);
        std::string out(data, static_cast<std::size_t>(size));
        (void)BIO_reset(SSL_get_wbio(ssl()));
        return out;
    }

private:
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{
        SSL_CTX_new(TLS_client_method()),
        SSL_CTX_free};
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
};

// What the session has to send, as if all of it was sent.
inline std::string take_pending(net::tls_session& s) {
    std::string out(s.pending());
    s.sent(out.size());
    return out;
}

// The handshake, with the client's bytes cut into pieces. Returns how it ended for the session.
inline net::tls_session::outcome
shake_hands(net::tls_session& s, tls_client& c, std::size_t piece = 1'000'000) {
    using outcome = net::tls_session::outcome;
    auto what = outcome::wants_bytes;
    for (int round = 0; round < 10 && what == outcome::wants_bytes; ++round) {
        c.handshake();
        const auto bytes = c.output();
        for (std::size_t at = 0; at < bytes.size() && what == outcome::wants_bytes; at += piece) {
            s.feed(std::string_view(bytes).substr(at, piece));
            what = s.handshake();
        }
        c.feed(take_pending(s));
    }
    c.handshake();  // the client's view of the last flight
    return what;
}

}  // namespace gim::test
