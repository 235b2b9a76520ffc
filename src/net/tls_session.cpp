#include "net/tls_session.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <exception>
#include <new>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace gim::net {

namespace {

// Lets go of the memory, too, of a string of which everything was used.
void take_front(std::string& bytes, std::size_t& begin, std::size_t n) noexcept {
    begin += n;
    if (begin == bytes.size()) {
        bytes = {};
        begin = 0;
    }
}

}  // namespace

// OpenSSL's own memory BIO would keep the largest buffer that it ever needed.
struct tls_bytes {
    static tls_session& session(BIO* bio) noexcept {
        return *static_cast<tls_session*>(BIO_get_data(bio));
    }

    static int read(BIO* bio, char* to, std::size_t most, std::size_t* n) noexcept {
        auto& s = session(bio);
        BIO_clear_retry_flags(bio);
        *n = std::min(most, s.received_.size() - s.received_begin_);
        if (*n == 0) {
            BIO_set_retry_read(bio);
            return 0;
        }
        if (!s.is_open_) {
            s.handshake_bytes_ += *n;
            if (s.handshake_bytes_ > tls_session::max_handshake_bytes) {
                return 0;
            }
        }
        std::memcpy(to, s.received_.data() + s.received_begin_, *n);
        take_front(s.received_, s.received_begin_, *n);
        return 1;
    }

    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* n) noexcept {
        auto& s = session(bio);
        BIO_clear_retry_flags(bio);
        if (s.pending().size() + size > tls_session::max_pending_bytes) {
            return 0;
        }
        try {
            s.pending_.append(from, size);
        } catch (const std::exception&) {
            return 0;  // out of memory: this connection is the one that pays
        }
        *n = size;
        return 1;
    }

    static long control(BIO*, int command, long, void*) noexcept {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }

    static const BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            auto* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gim");
            if (m == nullptr || BIO_meth_set_read_ex(m, &read) != 1 ||
                BIO_meth_set_write_ex(m, &write) != 1 || BIO_meth_set_ctrl(m, &control) != 1) {
                throw std::bad_alloc();
            }
            return m;
        }();
        return made;
    }
};

void tls_session::free_ssl::operator()(ssl_st* ssl) const noexcept {
    SSL_free(ssl);
}

tls_session::tls_session(ssl_ctx_st& settings) : ssl_(SSL_new(&settings)) {
    BIO* const bio = ssl_ ? BIO_new(tls_bytes::method()) : nullptr;
    if (bio == nullptr) {
        throw std::bad_alloc();
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

tls_session::~tls_session() = default;

bool tls_session::feed(std::string_view received) noexcept {
    try {
        received_.append(received);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

// Every call of OpenSSL's that may fail begins with an empty queue of errors: it is the thread's,
// and what another connection left there would be taken for this one's.
tls_session::outcome tls_session::outcome_of(int returned) noexcept {
    if (returned == 1) {
        return outcome::done;
    }
    switch (SSL_get_error(ssl_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return outcome::wants_bytes;
        case SSL_ERROR_ZERO_RETURN:
            return outcome::ended;
        default:
            why_ = ERR_peek_error();
            is_open_ = false;
            return outcome::failed;
    }
}

tls_session::outcome tls_session::handshake() noexcept {
    ERR_clear_error();
    const auto what = outcome_of(SSL_do_handshake(ssl_.get()));
    is_open_ = what == outcome::done;
    return what;
}

tls_session::outcome tls_session::read(std::span<char> space, std::size_t& n) noexcept {
    n = 0;
    if (!is_open_) {
        return outcome::failed;
    }
    ERR_clear_error();
    return outcome_of(SSL_read_ex(ssl_.get(), space.data(), space.size(), &n));
}

bool tls_session::write(std::span<const iovec> parts) noexcept {
    assert(!is_writing() && !parts.empty());
    if (!is_open_) {
        return false;
    }
    std::array<char, max_record_bytes> gathered;
    const char* from = static_cast<const char*>(parts[0].iov_base);
    std::size_t size = std::min(parts[0].iov_len, gathered.size());
    if (parts.size() > 1 && size < gathered.size()) {
        size = 0;
        for (const auto& part : parts) {
            const auto n = std::min(part.iov_len, gathered.size() - size);
            // See take_written(): of a longer part never the first byte alone.
            if (n == 0 || (n == 1 && part.iov_len > 1)) {
                break;
            }
            std::memcpy(gathered.data() + size, part.iov_base, n);
            size += n;
        }
        from = gathered.data();
    }
    ERR_clear_error();
    std::size_t n = 0;
    if (outcome_of(SSL_write_ex(ssl_.get(), from, size, &n)) != outcome::done) {
        is_open_ = false;
        return false;
    }
    written_ = n;
    return true;
}

void tls_session::close() noexcept {
    if (is_open_) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
}

void tls_session::sent(std::size_t n) noexcept {
    assert(n <= pending().size());
    take_front(pending_, pending_begin_, n);
}

std::size_t tls_session::take_written() noexcept {
    const std::size_t kept = pending().empty() ? 0 : 1;
    const auto told = written_ - std::min(written_, kept);
    written_ -= told;
    return told;
}

std::string tls_session::failure() const {
    if (handshake_bytes_ > max_handshake_bytes) {
        return "the client says too much";
    }
    const char* const reason = ERR_reason_error_string(why_);
    return reason != nullptr ? reason : "error " + std::to_string(why_);
}

}  // namespace gim::net
