#include "gim/credentials.hpp"

#include "gim/auth_keys.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace gim::cmd {

auth::authority open_authority(const serve_options& options) {
    auth::authority_options out;
    out.logins = options.auth;
    out.secret = options.token_secret;
    out.keys = read_auth_keys(options);
    out.parties = options.token_parties;
    out.token_ttl = std::chrono::duration_cast<std::chrono::seconds>(options.token_ttl);
    return auth::authority(std::move(out));
}

std::unique_ptr<net::tls_context> open_tls(const serve_options& options) {
    if (options.tls_cert.empty()) {
        return nullptr;
    }
    auto opened = net::tls_context::open({options.tls_cert, options.tls_key});
    if (!opened) {
        throw std::runtime_error("TLS: " + opened.error().message);
    }
    return std::move(*opened);
}

std::string describe_logins(const serve_options& options, const auth::authority& tokens) {
    if (options.auth == auth::login_mode::token) {
        return "--auth token: a login needs a token; " + tokens.description();
    }
    if (options.auth == auth::login_mode::url) {
        return "--auth url: a login is asked of http://" + options.auth_url->authority;
    }
    std::string text = "--auth none: who connects is who they say; ";
    text += options.insecure ? "--insecure lets everybody connect"
                             : "so only this machine may connect, others need --insecure";
    return text;
}

}  // namespace gim::cmd
