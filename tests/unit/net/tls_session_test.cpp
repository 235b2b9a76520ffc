#include "net/tls_session.hpp"

#include "net/tls_context.hpp"
#include "support/certificate.hpp"
#include "support/tls_client.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace gim::net;
using namespace gim::test;
using outcome = tls_session::outcome;

namespace {

// One for all: making keys takes long.
const tls_context& context() {
    static const certificate files("localhost");
    static const auto made = opened(files);
    return *made;
}

// A session and its client, who have shaken hands.
struct pair {
    explicit pair(int version = TLS1_3_VERSION) : session(context().new_session()) {
        SSL_CTX_set_max_proto_version(client.context(), version);
        client.begin();
        if (shake_hands(*session, client) != outcome::done ||
            SSL_version(client.ssl()) != version) {
            throw std::runtime_error("no handshake");
        }
        client.read();  // the tickets
    }

    tls_client client;
    std::unique_ptr<tls_session> session;
};

// All that has come.
std::string read_all(tls_session& s, outcome* last = nullptr) {
    std::string all;
    std::array<char, 100> space;
    for (;;) {
        std::size_t n = 0;
        const auto what = s.read(space, n);
        if (last != nullptr) {
            *last = what;
        }
        if (what != outcome::done) {
            return all;
        }
        all.append(space.data(), n);
    }
}

std::vector<iovec> parts_of(std::vector<std::string>& texts) {
    std::vector<iovec> parts;
    for (auto& t : texts) {
        parts.push_back({t.data(), t.size()});
    }
    return parts;
}

// Drops the front of what is to be written, as an outbox does.
void consume(std::vector<std::string>& texts, std::size_t n) {
    while (n > 0) {
        const auto dropped = std::min(n, texts.front().size());
        texts.front().erase(0, dropped);
        n -= dropped;
        if (texts.front().empty()) {
            texts.erase(texts.begin());
        }
    }
}

std::size_t records_in(std::string_view ciphertext) {
    std::size_t count = 0;
    while (ciphertext.size() >= 5) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(ciphertext[i]); };
        ciphertext.remove_prefix(5U + (byte(3) << 8U) + byte(4));
        ++count;
    }
    CHECK(ciphertext.empty());
    return count;
}

std::string some_bytes(std::size_t size) {
    std::string out;
    std::mt19937 random(7);
    while (out.size() < size) {
        out += static_cast<char>(random());
    }
    return out;
}

}  // namespace

TEST_CASE("a handshake of TLS 1.2 and 1.3 is done however its bytes are cut") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const std::size_t piece : {1, 2, 5, 6, 100, 1'000'000}) {
            CAPTURE(version);
            CAPTURE(piece);
            tls_client client;
            SSL_CTX_set_max_proto_version(client.context(), version);
            client.begin();
            const auto session = context().new_session();
            CHECK(shake_hands(*session, client, piece) == outcome::done);
            CHECK(SSL_version(client.ssl()) == version);
            client.write("hello");
            session->feed(client.output());
            CHECK(read_all(*session) == "hello");
        }
    }
}

TEST_CASE("a message is read the same wherever its records are cut") {
    pair p;
    for (std::size_t cut = 0;; ++cut) {
        p.client.write("first");
        p.client.write(std::string(150, 'x'));
        const auto bytes = p.client.output();
        if (cut > bytes.size()) {
            break;
        }
        CAPTURE(cut);
        p.session->feed(std::string_view(bytes).substr(0, cut));
        auto got = read_all(*p.session);
        p.session->feed(std::string_view(bytes).substr(cut));
        got += read_all(*p.session);
        CHECK(got == "first" + std::string(150, 'x'));
    }
}

TEST_CASE("much is read and written whole, in records of at most 16 KiB") {
    pair p;
    const auto much = some_bytes(1'000'000);
    p.client.write(much);
    p.session->feed(p.client.output());
    CHECK(read_all(*p.session) == much);

    std::vector<std::string> texts{much.substr(0, 3), much.substr(3, 20'000), much.substr(20'003)};
    std::string received;
    while (!texts.empty()) {
        REQUIRE(p.session->write(parts_of(texts)));
        CHECK(
            p.session->pending().size() <=
            tls_session::max_record_bytes + tls_session::max_record_overhead
        );
        p.client.feed(take_pending(*p.session));
        const auto n = p.session->take_written();
        CHECK(n <= tls_session::max_record_bytes);
        consume(texts, n);
        received += p.client.read();
    }
    CHECK(received == much);
}

TEST_CASE("what waits together goes in one record") {
    pair p;
    std::vector<std::string> texts(50, std::string(100, 'x'));
    REQUIRE(p.session->write(parts_of(texts)));
    const auto sent = take_pending(*p.session);
    CHECK(records_in(sent) == 1);
    CHECK(p.session->take_written() == 5000);
    p.client.feed(sent);
    CHECK(p.client.read() == std::string(5000, 'x'));
}

TEST_CASE("the last byte counts as written when nothing is pending any more") {
    pair p;
    std::vector<std::string> texts{"one", "two"};
    REQUIRE(p.session->write(parts_of(texts)));
    const std::string all(p.session->pending());
    p.session->sent(1);
    CHECK(p.session->take_written() == 5);
    CHECK(p.session->is_writing());
    CHECK(p.session->take_written() == 0);
    p.session->sent(all.size() - 2);
    CHECK(p.session->take_written() == 0);
    CHECK(p.session->is_writing());
    p.session->sent(1);
    CHECK(p.session->take_written() == 1);
    CHECK_FALSE(p.session->is_writing());
    p.client.feed(all);
    CHECK(p.client.read() == "onetwo");
}

TEST_CASE("a record never ends behind the first byte of a part") {
    pair p;
    std::vector<std::string> texts{std::string(tls_session::max_record_bytes - 1, 'a'), "bc", "d"};
    REQUIRE(p.session->write(parts_of(texts)));
    take_pending(*p.session);
    CHECK(p.session->take_written() == tls_session::max_record_bytes - 1);
    consume(texts, tls_session::max_record_bytes - 1);
    REQUIRE(p.session->write(parts_of(texts)));
    take_pending(*p.session);
    CHECK(p.session->take_written() == 3);  // a part of one byte may be whole
}

TEST_CASE("either side says when it ends") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        pair p(version);
        p.session->close();
        p.client.feed(take_pending(*p.session));
        CHECK(p.client.read().empty());
        CHECK(p.client.was_closed());

        pair q(version);
        q.client.write("last");
        SSL_shutdown(q.client.ssl());
        q.session->feed(q.client.output());
        outcome last{};
        CHECK(read_all(*q.session, &last) == "last");
        CHECK(last == outcome::ended);
    }
}

TEST_CASE("what is no TLS fails, and says so") {
    const std::string texts[] = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "DELETE / HTTP/1.1\r\n\r\n",
        std::string(100, '\0'),
        std::string("\x16\x03\x01\x00\x00", 5),
        std::string("\x16\x03\x01\x00\x05hello", 10),
        std::string("\x17\x03\x03\x00\x05hello", 10),
        some_bytes(1000),
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"};
    for (const auto& text : texts) {
        CAPTURE(text);
        const auto session = context().new_session();
        session->feed(text);
        auto what = session->handshake();
        session->feed(some_bytes(20'000));
        what = session->handshake();
        CHECK(what == outcome::failed);
        CHECK_FALSE(session->failure().empty());
        std::size_t n = 0;
        std::array<char, 8> space;
        CHECK(session->read(space, n) == outcome::failed);
        CHECK(session->handshake() == outcome::failed);
        session->close();
    }
}

TEST_CASE("no byte of a client hello can be changed such that anything breaks") {
    tls_client client;
    client.handshake();
    const auto hello = client.output();
    for (std::size_t i = 0; i < hello.size(); ++i) {
        for (const char flip : {'\x01', '\x80', '\xff'}) {
            auto changed = hello;
            changed[i] = static_cast<char>(changed[i] ^ flip);
            const auto session = context().new_session();
            session->feed(changed);
            CHECK(session->handshake() != outcome::done);
        }
    }
}

TEST_CASE("a record that was changed fails for good, and an alert says so") {
    for (const std::size_t at : {0, 1, 3, 5, 10, 20}) {
        CAPTURE(at);
        pair p;
        p.client.write("hello");
        auto bytes = p.client.output();
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        // Behind it, so that a record that pretends to be longer comes whole.
        p.session->feed(bytes + std::string(20'000, 'x'));
        outcome last{};
        CHECK(read_all(*p.session, &last).empty());
        CHECK(last == outcome::failed);
        p.client.feed(take_pending(*p.session));
        p.client.read();
        CHECK(p.client.was_closed());
        std::vector<std::string> texts{"too late"};
        CHECK_FALSE(p.session->write(parts_of(texts)));
    }
}

TEST_CASE("TLS 1.1 is refused with an alert that says so") {
    tls_client client;
    SSL_CTX_set_security_level(client.context(), 0);
    SSL_CTX_set_min_proto_version(client.context(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(client.context(), TLS1_1_VERSION);
    client.begin();
    const auto session = context().new_session();
    CHECK(shake_hands(*session, client) == outcome::failed);
    CHECK(session->failure() == "unsupported protocol");
    CHECK_FALSE(client.handshake());
}

TEST_CASE("ciphers without forward secrecy or authentication of their bytes are refused") {
    for (const char* list : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "NULL", "aNULL"}) {
        CAPTURE(list);
        tls_client client;
        SSL_CTX_set_security_level(client.context(), 0);
        SSL_CTX_set_max_proto_version(client.context(), TLS1_2_VERSION);
        REQUIRE(SSL_CTX_set_cipher_list(client.context(), list) == 1);
        client.begin();
        const auto session = context().new_session();
        CHECK(shake_hands(*session, client) == outcome::failed);
        CHECK(session->failure() == "no shared cipher");
    }
}

TEST_CASE("of the protocols that a client names, http/1.1 is chosen, or none is good") {
    const std::pair<std::string, outcome> offers[] = {
        {"\x02h2\x08http/1.1", outcome::done},
        {"\x08http/1.1", outcome::done},
        {"\x02h2", outcome::failed},
        {"\x08http/1.0", outcome::failed}};
    for (const auto& [names, expected] : offers) {
        CAPTURE(names);
        tls_client client;
        const auto* bytes = reinterpret_cast<const unsigned char*>(names.data());
        SSL_CTX_set_alpn_protos(client.context(), bytes, static_cast<unsigned>(names.size()));
        client.begin();
        const auto session = context().new_session();
        CHECK(shake_hands(*session, client) == expected);
        const unsigned char* chosen = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.ssl(), &chosen, &size);
        const std::string name(reinterpret_cast<const char*>(chosen), size);
        CHECK(name == (expected == outcome::done ? "http/1.1" : ""));
    }
}

TEST_CASE("a handshake that says too much has failed") {
    // A hello of 200 kB, as its header says, in records that say so one by one.
    std::string hello("\x01\x03\x0d\x40", 4);
    hello += std::string(200'000, 'x');
    const auto session = context().new_session();
    auto what = outcome::wants_bytes;
    std::size_t fed = 0;
    while (what == outcome::wants_bytes && fed < hello.size()) {
        session->feed(std::string("\x16\x03\x01\x04\x00", 5) + hello.substr(fed, 1024));
        fed += 1024;
        what = session->handshake();
    }
    CHECK(what == outcome::failed);
    CHECK(fed <= tls_session::max_handshake_bytes + 1024);
}

TEST_CASE("nobody renegotiates") {
    pair p(TLS1_2_VERSION);
    SSL_renegotiate(p.client.ssl());
    p.client.handshake();
    p.session->feed(p.client.output());
    outcome last{};
    read_all(*p.session, &last);
    CHECK(last != outcome::done);
    const auto answer = take_pending(*p.session);
    CHECK(records_in(answer) == 1);
    CHECK(answer[0] == 21);  // an alert, no handshake
}

TEST_CASE("a peer that asks for new keys gets them, and one that never reads has failed") {
    pair p;
    const auto ask = [&] {
        SSL_key_update(p.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        p.client.handshake();
        p.session->feed(p.client.output());
        outcome last{};
        read_all(*p.session, &last);
        return last;
    };
    CHECK(ask() == outcome::wants_bytes);
    p.client.feed(take_pending(*p.session));
    std::vector<std::string> texts{"after it"};
    REQUIRE(p.session->write(parts_of(texts)));
    p.client.feed(take_pending(*p.session));
    CHECK(p.client.read() == "after it");

    auto last = outcome::wants_bytes;
    int asked = 0;
    while (last == outcome::wants_bytes && asked < 10'000) {
        last = ask();
        ++asked;
    }
    CHECK(last == outcome::failed);
    CHECK(asked > 1000);
    CHECK(p.session->pending().size() <= tls_session::max_pending_bytes);
}

TEST_CASE("who comes again brings a ticket and is known") {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        pair p(version);
        const std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> ticket(
            SSL_get1_session(p.client.ssl()), SSL_SESSION_free
        );
        SSL_shutdown(p.client.ssl());  // OpenSSL forgets the session of one that was broken off
        p.client.begin();
        SSL_set_session(p.client.ssl(), ticket.get());
        const auto session = context().new_session();
        CHECK(shake_hands(*session, p.client) == outcome::done);
        CHECK(SSL_session_reused(p.client.ssl()) == 1);
    }
}
