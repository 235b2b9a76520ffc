#include "gim/token_flags.hpp"

#include "auth/verification_key.hpp"
#include "gim/flag.hpp"
#include "gim/flag_sources.hpp"
#include "protocol/ids.hpp"
#include "protocol/request_rules.hpp"
#include "protocol/utf8_check.hpp"

#include <chrono>
#include <utility>

namespace gim::cmd {

namespace {

constexpr auto about = "Makes one token for a user and prints it";
constexpr auto usage = R"(
Usage: gim token --user ID (--token-secret TEXT | --auth-private-key FILE) [flags]

)";
constexpr auto footer =
    R"(The server takes it with the same --token-secret, or with the public key that belongs to FILE:
  openssl genpkey -algorithm ed25519 -out private.pem
  openssl pkey -in private.pem -pubout -out public.pem
  gim serve --auth=token --auth-key=public.pem
  gim token --user 1001 --auth-private-key private.pem)";

setter id_into(std::string& to) {
    return [&to](const std::string& text) -> problem {
        if (!protocol::is_valid_id(text)) {
            return wrong("must be 1 to 64 of A-Z a-z 0-9 _ - . @", text);
        }
        to = text;
        return {};
    };
}

setter ids_into(std::vector<std::string>& to) {
    return [&to](const std::string& text) -> problem {
        std::string id;
        if (problem bad = id_into(id)(text)) {
            return bad;
        }
        to.push_back(std::move(id));
        return {};
    };
}

problem set_name(token_options& o, const std::string& text) {
    if (!protocol::is_valid_name(text) || !protocol::is_utf8(text)) {
        return wrong("must be 1 to 64 bytes of UTF-8 without control characters", text);
    }
    o.name = text;
    return {};
}

// Never repeated.
problem set_secret(token_options& o, const std::string& text) {
    if (text.size() < auth::min_secret_bytes) {
        return "must be at least 16 bytes";
    }
    o.secret = text;
    return {};
}

std::vector<flag> token_flags(token_options& o) {
    using namespace std::chrono_literals;
    const token_options d;
    return {
        {"--user",
         "Claims",
         "ID",
         "The user whom it is for",
         "none, must be given",
         id_into(o.user)},
        {"--ttl",
         "Claims",
         "DURATION",
         "How long it is valid, 1s to 8760h, in whole seconds",
         to_string(d.ttl),
         duration_into(o.ttl, 1s, 8760h)},
        {"--name",
         "Claims",
         "NAME",
         "What the user is called, 1 to 64 bytes",
         "as known from before",
         [&o](const std::string& text) { return set_name(o, text); }},
        {"--room",
         "Claims",
         "ID",
         "The only room it lets the user into; may be given several times",
         "every room",
         ids_into(o.rooms),
         repeated::all_count},
        {"--issuer",
         "Claims",
         "TEXT",
         "Who it is from (iss), 1 to 256 bytes: what the server's --auth-issuer says",
         "not said",
         claim_into(o.parties.issuer)},
        {"--audience",
         "Claims",
         "TEXT",
         "Who it is for (aud), the same way: --auth-audience",
         "not said",
         claim_into(o.parties.audience)},
        {"--token-secret",
         "Signature",
         "TEXT",
         "The server's secret, 16 bytes at least",
         "GIM_TOKEN_SECRET of the environment",
         [&o](const std::string& text) { return set_secret(o, text); }},
        {"--auth-private-key",
         "Signature",
         "FILE",
         "Private key in PEM without a passphrase: RSA, P-256 or Ed25519",
         "none",
         [&o](const std::string& text) -> problem {
             o.private_key = text;
             return text.empty() ? problem("must name a file") : problem();
         }},
        {"--kid",
         "Signature",
         "KID",
         "The id by which the server knows the key",
         "none",
         claim_into(o.kid)},
    };
}

}  // namespace

std::variant<token_options, exit_now>
parse_token(const std::vector<std::string>& words, const environment& env) {
    token_options options;
    if (auto exit =
            set_from_arguments("token", token_flags(options), {about, usage, footer}, words)) {
        return *std::move(exit);
    }
    if (options.user.empty()) {
        return usage_error("--user: must be given");
    }
    if (!options.secret.empty() && !options.private_key.empty()) {
        return usage_error("--token-secret and --auth-private-key: one of them signs, not both");
    }
    if (options.secret.empty() && options.private_key.empty()) {
        const char* secret = env("GIM_TOKEN_SECRET");
        if (secret == nullptr) {
            return usage_error("token: needs --token-secret or --auth-private-key");
        }
        if (const problem bad = set_secret(options, secret)) {
            return usage_error("GIM_TOKEN_SECRET: " + *bad);
        }
    }
    return options;
}

}  // namespace gim::cmd
