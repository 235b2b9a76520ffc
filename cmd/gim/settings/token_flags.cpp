#include "gim/settings/token_flags.hpp"

#include "auth/verification_key.hpp"
#include "base/utf8_check.hpp"
#include "model/ids.hpp"
#include "model/request_rules.hpp"
#include "program/flags/flag.hpp"
#include "program/flags/flag_sources.hpp"

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

program::setter id_into(std::string& to) {
    return [&to](const std::string& text) -> program::problem {
        if (!model::is_valid_id(text)) {
            return program::wrong("must be 1 to 64 of A-Z a-z 0-9 _ - . @", text);
        }
        to = text;
        return {};
    };
}

program::setter ids_into(std::vector<std::string>& to) {
    return [&to](const std::string& text) -> program::problem {
        std::string id;
        if (program::problem bad = id_into(id)(text)) {
            return bad;
        }
        to.push_back(std::move(id));
        return {};
    };
}

program::problem set_name(token_options& o, const std::string& text) {
    if (!model::is_valid_name(text) || !base::is_utf8(text)) {
        return program::wrong("must be 1 to 64 bytes of UTF-8 without control characters", text);
    }
    o.name = text;
    return {};
}

// Never repeated.
program::problem set_secret(token_options& o, const std::string& text) {
    if (text.size() < auth::min_secret_bytes) {
        return "must be at least 16 bytes";
    }
    o.secret = text;
    return {};
}

std::vector<program::flag> token_flags(token_options& o) {
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
         program::to_string(d.ttl),
         program::duration_into(o.ttl, 1s, 8760h)},
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
         program::repeated::all_count},
        {"--issuer",
         "Claims",
         "TEXT",
         "Who it is from (iss), 1 to 256 bytes: what the server's --auth-issuer says",
         "not said",
         program::claim_into(o.parties.issuer)},
        {"--audience",
         "Claims",
         "TEXT",
         "Who it is for (aud), the same way: --auth-audience",
         "not said",
         program::claim_into(o.parties.audience)},
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
         [&o](const std::string& text) -> program::problem {
             o.private_key = text;
             return text.empty() ? program::problem("must name a file") : program::problem();
         }},
        {"--kid",
         "Signature",
         "KID",
         "The id by which the server knows the key",
         "none",
         program::claim_into(o.kid)},
    };
}

}  // namespace

std::variant<token_options, program::exit_now>
parse_token(const std::vector<std::string>& words, const program::environment& env) {
    token_options options;
    if (auto exit = program::set_from_arguments(
            "token", token_flags(options), {about, usage, footer}, words
        )) {
        return *std::move(exit);
    }
    if (options.user.empty()) {
        return program::usage_error("--user: must be given");
    }
    if (!options.secret.empty() && !options.private_key.empty()) {
        return program::usage_error(
            "--token-secret and --auth-private-key: one of them signs, not both"
        );
    }
    if (options.secret.empty() && options.private_key.empty()) {
        const char* secret = env("GIM_TOKEN_SECRET");
        if (secret == nullptr) {
            return program::usage_error("token: needs --token-secret or --auth-private-key");
        }
        if (const program::problem bad = set_secret(options, secret)) {
            return program::usage_error("GIM_TOKEN_SECRET: " + *bad);
        }
    }
    return options;
}

}  // namespace gim::cmd
