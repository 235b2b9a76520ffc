#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/uio.h>

// OpenSSL's, whose headers stay out of this one.
struct ssl_st;
struct ssl_ctx_st;

namespace gim::net {

// The server's side of one TLS connection. Sans-io: it is fed what came, and holds what is to be
// sent until it was sent.
//
// Problem: most connections are idle, so between two records a session keeps no buffer. What was
// encrypted and not sent is one record (and the few bytes that TLS says by itself), however much
// waits to be written.
class tls_session {
public:
    // Bytes of one record (RFC 8446, 5.1), and what is added to them at most.
    static constexpr std::size_t max_record_bytes = 16 * 1024;
    static constexpr std::size_t max_record_overhead = 256;
    // A handshake in which the client says more than this has failed.
    static constexpr std::size_t max_handshake_bytes = 16 * 1024;
    // A peer that makes TLS itself say more than this without reading it (answers to key updates)
    // has failed.
    static constexpr std::size_t max_pending_bytes = 64 * 1024;

    // Shares `settings`. Throws std::bad_alloc.
    explicit tls_session(ssl_ctx_st& settings);
    ~tls_session();
    tls_session(const tls_session&) = delete;
    tls_session& operator=(const tls_session&) = delete;

    enum class outcome {
        done,
        wants_bytes,  // feed() more, then call again
        ended,        // the peer said that nothing more will come
        failed,       // for good; an alert may be pending
    };

    // Takes ciphertext of the peer. False: no memory, and the connection cannot go on.
    bool feed(std::string_view received) noexcept;

    // To be called until it is done, before the others.
    outcome handshake() noexcept;
    // The next bytes of plaintext, to the front of `space`; `n` are how many if it is done.
    outcome read(std::span<char> space, std::size_t& n) noexcept;
    // Encrypts the front of these buffers as one record. False: failed. REQUIRES: take_written()
    // has told all of the last one; `parts` are not empty.
    bool write(std::span<const iovec> parts) noexcept;
    // Says that nothing more will come.
    void close() noexcept;

    // What is to be sent, and how much of it was.
    std::string_view pending() const noexcept {
        return std::string_view(pending_).substr(pending_begin_);
    }
    void sent(std::size_t n) noexcept;

    // How many more bytes given to write() count as written. The last one of a record counts when
    // nothing is pending any more. So, who counts still holds something while something is to be
    // sent; and a part of which a byte was encrypted is never one of which none was written.
    std::size_t take_written() noexcept;
    bool is_writing() const noexcept { return written_ > 0; }

    // Why it failed, for a log.
    std::string failure() const;

private:
    friend struct tls_bytes;  // the way OpenSSL reads and writes

    outcome outcome_of(int returned) noexcept;

    struct free_ssl {
        void operator()(ssl_st* ssl) const noexcept;
    };
    std::unique_ptr<ssl_st, free_ssl> ssl_;

    std::string received_;  // and not yet taken by OpenSSL, from received_begin_ on
    std::size_t received_begin_ = 0;
    std::string pending_;  // from pending_begin_ on
    std::size_t pending_begin_ = 0;
    std::size_t written_ = 0;  // bytes of plaintext that are encrypted and not told yet
    std::size_t handshake_bytes_ = 0;
    unsigned long why_ = 0;  // OpenSSL's code of the failure
    bool is_open_ = false;   // the handshake is done, and nothing has failed
};

}  // namespace gim::net
