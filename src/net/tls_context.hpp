#pragma once

#include "model/error.hpp"
#include "net/tls_session.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace gim::net {

// Both in PEM.
struct tls_files {
    std::string certificates;  // the server's own, then those between it and the root
    std::string key;           // without a passphrase
};

// What the TLS sessions of both doors begin with: certificate, key and rules. TLS 1.2 and newer,
// forward secret ciphers, no renegotiation, no compression, no early data.
//
// Threads: every function may be called from any.
class tls_context {
public:
    // The error says which file is wrong, and why, in one line.
    static model::result<std::unique_ptr<tls_context>> open(tls_files files);

    // Reads the files again, for the sessions to come; the others go on as they began. After an
    // error all is as before.
    model::result<void> reload();

    // The next connection's. Throws std::bad_alloc.
    std::unique_ptr<tls_session> new_session() const;

private:
    using settings = std::shared_ptr<ssl_ctx_st>;

    tls_context(tls_files files, settings s) : files_(std::move(files)), settings_(std::move(s)) {}
    static model::result<settings> read(const tls_files& files);

    const tls_files files_;
    mutable std::mutex mutex_;  // of settings_: taken once a connection
    settings settings_;
};

}  // namespace gim::net
