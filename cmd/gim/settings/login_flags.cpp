#include "gim/settings/login_flags.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace gim::cmd {

namespace {

program::problem set_auth(serve_options& o, const std::string& text) {
    if (text == "none") {
        o.auth = auth::login_mode::none;
    } else if (text == "token") {
        o.auth = auth::login_mode::token;
    } else if (text == "url") {
        o.auth = auth::login_mode::url;
    } else {
        return program::wrong("must be none, token or url", text);
    }
    return {};
}

// Not repeated: its query may hold a secret.
program::problem set_auth_url(serve_options& o, const std::string& text) {
    auto url = ask::parse_service_url(text);
    if (!url) {
        return url.error().message;
    }
    o.auth_url = *std::move(url);
    return {};
}

program::setter append_to(std::vector<std::string>& list) {
    return [&list](const std::string& text) -> program::problem {
        if (text.empty() || text.ends_with('=')) {
            return program::wrong("must name a file", text);
        }
        list.push_back(text);
        return {};
    };
}

// A secret is never repeated.
program::problem set_token_secret(live_options& o, const std::string& text) {
    if (!text.empty() && text.size() < 16) {
        return "must be at least 16 bytes, or empty for a random one";
    }
    o.token_secret = text;
    return {};
}

program::problem set_user_claim(live_options& o, const std::string& text) {
    std::optional<std::string> claim;
    auto wrong_text = program::claim_into(claim)(text);
    if (claim) {
        o.token_parties.user_claim = *std::move(claim);
    }
    return wrong_text;
}

program::problem add_key_file(live_options& o, const std::string& path) {
    const auto wrong_file = o.api_keys.add_file(path);
    return wrong_file ? program::problem(program::quoted(path) + ": " + *wrong_file)
                      : program::problem();
}

}  // namespace

std::vector<program::flag> login_flags(serve_options& o) {
    using namespace std::chrono_literals;
    const serve_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--auth",
         "Logins",
         "none|token|url",
         "none: who connects is who they say; token: a login needs a JWT signed with a key below; "
         "url: it is asked of --auth-url",
         "none",
         [&o](const std::string& text) { return set_auth(o, text); }},
        {"--insecure",
         "Logins",
         "",
         "Lets everybody log in as anybody from anywhere: with --auth none only this machine may",
         "false",
         program::switch_into(o.insecure)},
        {"--auth-url",
         "Logins",
         "URL",
         "Your HTTP service that says who a login is from: http://HOST[:PORT]/PATH",
         "none",
         [&o](const std::string& text) { return set_auth_url(o, text); }},
        {"--auth-timeout",
         "Logins",
         "DURATION",
         "How long it may take, 10ms to 5s; then the login is answered with 503",
         program::to_string(d.auth_timeout),
         program::duration_into(o.auth_timeout, 10ms, 5s)},
        {"--auth-url-in-flight",
         "Logins",
         "N",
         "Questions to it at once; beyond them 503; 0 to 10000; 0: no limit",
         number(d.auth_url_in_flight),
         program::count_into(o.auth_url_in_flight, 0, 10'000)},
        {"--auth-url-cache",
         "Logins",
         "N",
         "Answers of it that are kept, if they have Cache-Control: max-age; 0 to 10000000; 0: none",
         number(d.auth_url_cache),
         program::count_into(o.auth_url_cache, 0, 10'000'000)},
    };
}

std::vector<program::flag> key_flags(live_options& o) {
    using namespace std::chrono_literals;
    const live_options d;
    return {
        {"--auth-key",
         "Logins",
         "[KID=]FILE",
         "Public key in PEM that checks tokens: RSA, P-256 or Ed25519; may be given several times",
         "none",
         append_to(o.auth_keys),
         program::repeated::all_count},
        {"--auth-jwks",
         "Logins",
         "FILE",
         "The same, any number of keys as a JSON Web Key Set; may be given several times",
         "none",
         append_to(o.auth_jwks),
         program::repeated::all_count},
        {"--auth-issuer",
         "Logins",
         "TEXT",
         "Whom a token must be from (its claim iss), 1 to 256 bytes",
         "not looked at",
         program::claim_into(o.token_parties.issuer)},
        {"--auth-audience",
         "Logins",
         "TEXT",
         "Whom a token must be for (its claim aud, one or a list), 1 to 256 bytes",
         "not looked at",
         program::claim_into(o.token_parties.audience)},
        {"--auth-user-claim",
         "Logins",
         "NAME",
         "Which claim of a token names the user, 1 to 256 bytes; not of tokens that gim made",
         d.token_parties.user_claim,
         [&o](const std::string& text) { return set_user_claim(o, text); }},
        program::may_be_empty(
            {"--token-secret",
             "Logins",
             "TEXT",
             "Secret that checks tokens (HS256), 16 bytes or more, or empty; ps shows it: prefer "
             "the variable",
             "random for each process, except with --auth token",
             [&o](const std::string& text) { return set_token_secret(o, text); },
             program::repeated::last_counts,
             program::disclosure::secret}
        ),
        {"--token-ttl",
         "Logins",
         "DURATION",
         "How long the token that a login hands out is valid, 1s to 8760h",
         program::to_string(d.token_ttl),
         program::duration_into(o.token_ttl, 1s, 8760h)},
        {"--api-key",
         "Sessions",
         "NAME=SECRET",
         "A key of a back end, 16 to 256 visible characters; may be given several times; others "
         "can "
         "see it in ps, so prefer --api-key-file",
         "none",
         [&o](const std::string& text) { return o.api_keys.add(text); },
         program::repeated::all_count,
         program::disclosure::secret},
        {"--api-key-file",
         "Sessions",
         "FILE",
         "Keys of back ends, one NAME=SECRET a line, # begins a comment",
         "none",
         [&o](const std::string& text) { return add_key_file(o, text); }},
        {"--metrics-key",
         "Sessions",
         "NAME=SECRET",
         "A key that only opens GET /metrics, 16 to 256 visible characters; may be given several "
         "times; ps shows it, so prefer the variable",
         "none",
         [&o](const std::string& text) { return o.metrics_keys.add(text); },
         program::repeated::all_count,
         program::disclosure::secret},
    };
}

program::problem check_logins(const serve_options& o) {
    if (o.auth == auth::login_mode::url && !o.auth_url) {
        return "--auth: url needs --auth-url, too";
    }
    if (o.auth != auth::login_mode::url && o.auth_url) {
        return "--auth-url: needs --auth=url, too";
    }
    return {};
}

}  // namespace gim::cmd
