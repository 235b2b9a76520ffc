#include "net/tls_context.hpp"

#include "support/certificate.hpp"
#include "support/tls_client.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace gim::net;
using namespace gim::test;
using outcome = tls_session::outcome;

namespace {

std::string name_seen(const tls_context& context) {
    tls_client client;
    const auto session = context.new_session();
    CHECK(shake_hands(*session, client) == outcome::done);
    return client.server_name();
}

std::string refusal(const tls_files& files) {
    const auto context = tls_context::open(files);
    return context ? "" : context.error().message;
}

void spoil(const std::string& path) {
    std::ofstream(path) << "no PEM\n";
}

}  // namespace

TEST_CASE("a file that cannot be read is named, with the reason") {
    const certificate good("localhost");
    CHECK(
        refusal({"/none.pem", good.files.key}) == "certificate /none.pem: No such file or directory"
    );
    CHECK(
        refusal({good.files.certificates, "/none.pem"}) ==
        "key /none.pem: No such file or directory"
    );
    CHECK(refusal(good.files).empty());
}

TEST_CASE("a byte order mark in front of certificate and key is skipped, and the chain is sent") {
    const certificate files("localhost");
    for (const auto& path : {files.files.certificates, files.files.key}) {
        std::ifstream in(path);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        std::ofstream(path) << "\xEF\xBB\xBF" << text;
    }
    const auto context = tls_context::open(files.files);
    REQUIRE(context.has_value());
    CHECK(name_seen(**context) == "localhost");
}

TEST_CASE("a file that is not good is told what it must be, in one line") {
    const certificate other("localhost");
    {
        const certificate files("localhost");
        spoil(files.files.certificates);
        CHECK(refusal(files.files).find("must be a chain in PEM (") != std::string::npos);
    }
    {
        const certificate files("localhost");
        spoil(files.files.key);
        const auto text = refusal(files.files);
        CHECK(text.starts_with("key " + files.files.key + ": must be that of the certificate"));
        CHECK(text.find('\n') == std::string::npos);
    }
    const certificate another("localhost");
    CHECK(
        refusal({other.files.certificates, another.files.key}).find("mismatch") != std::string::npos
    );
}

TEST_CASE("a key with a passphrase is refused, and nobody is asked for it") {
    certificate files("localhost");
    files.write_locked_key();
    CHECK(refusal(files.files).find("without a passphrase") != std::string::npos);
}

TEST_CASE("a reload is for the sessions to come; those that are go on") {
    certificate files("old.example");
    const auto context = opened(files);
    CHECK(name_seen(*context) == "old.example");
    tls_client client;
    const auto old = context->new_session();
    CHECK(shake_hands(*old, client) == outcome::done);

    files.write("new.example");
    CHECK(name_seen(*context) == "old.example");
    CHECK(context->reload().has_value());
    CHECK(name_seen(*context) == "new.example");

    std::string text = "still here";
    const iovec part{text.data(), text.size()};
    CHECK(old->write({&part, 1}));
    client.feed(take_pending(*old));
    CHECK(client.read() == "still here");
}

TEST_CASE("after a bad reload all is as before") {
    certificate files("old.example");
    const auto context = opened(files);
    spoil(files.files.key);
    const auto bad = context->reload();
    REQUIRE(bad.has_error());
    CHECK(bad.error().message.starts_with("key "));
    CHECK(name_seen(*context) == "old.example");
    files.write("new.example");
    CHECK(context->reload().has_value());
    CHECK(name_seen(*context) == "new.example");
}
